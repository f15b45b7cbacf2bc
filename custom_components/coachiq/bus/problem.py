"""What drivers and the operating system raise, in the words of an owner."""

from collections.abc import Mapping
import errno
import socket

import can

from ..error import AdapterError

# What an error number of the operating system means to an owner.
PROBLEMS: Mapping[int, str] = {
    errno.ENOENT: "adapter_missing",
    errno.ENODEV: "adapter_missing",
    errno.ENXIO: "adapter_missing",
    errno.EBUSY: "adapter_taken",
    errno.EAGAIN: "adapter_taken",
    errno.EADDRINUSE: "adapter_taken",
    errno.EACCES: "adapter_forbidden",
    errno.EPERM: "adapter_forbidden",
    errno.EAFNOSUPPORT: "socketcan_missing",
    errno.ECONNREFUSED: "gateway_unreachable",
    errno.ETIMEDOUT: "gateway_unreachable",
    errno.EHOSTUNREACH: "gateway_unreachable",
    errno.ENETUNREACH: "gateway_unreachable",
}


def explain(error: BaseException, name: str) -> AdapterError:
    """Return the owner's words for what was raised while the adapter `name` was opened."""
    if isinstance(error, AdapterError):
        return error
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return AdapterError("host_unknown", adapter=name)
        if key := PROBLEMS.get(_number(cause)):
            return AdapterError(key, adapter=name)
        if isinstance(cause, ImportError):
            return AdapterError("package_missing", adapter=name, package=cause.name or str(cause))
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, can.CanInterfaceNotImplementedError):
        return AdapterError("interface_unknown", adapter=name, problem=str(error))
    return AdapterError("cannot_open", adapter=name, problem=f"{error}" or type(error).__name__)


def _number(error: BaseException) -> int:
    """Return the operating system's number of an error, 0 for none."""
    if isinstance(error, TimeoutError):
        return errno.ETIMEDOUT
    number = getattr(error, "errno", None)
    if number is None:
        number = next((code for code in PROBLEMS if f"[Errno {code}]" in str(error)), 0)
    return number if isinstance(number, int) else 0
