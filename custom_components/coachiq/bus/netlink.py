"""How a CAN interface of the kernel is set, and setting it: blocking, by way of pyroute2."""

from collections.abc import Iterator, Mapping
import contextlib
from dataclasses import dataclass
import errno
from typing import TYPE_CHECKING, Any

from ..error import AdapterError
from .port import BITRATE

if TYPE_CHECKING:
    from pyroute2 import IPRoute

RESTART_MS = 100
IFF_UP = 1
FORBIDDEN = {errno.EPERM, errno.EACCES}
# What a controller cannot do without harm: come back by itself, or only listen.
LACKING = {errno.EOPNOTSUPP, errno.EINVAL}
type Request = dict[str, Any]  # what pyroute2 takes


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceState:
    """How an interface is: `kind` is "can" for a controller, which has bit timing, or "vcan".

    Bitrate in bit/s and error counters are None where the kernel does not know them; `restart_ms`
    is the pause after which a controller comes back from bus-off, 0 for never.
    """

    up: bool
    kind: str
    bitrate: int | None = None
    state: str | None = None
    restart_ms: int = 0
    listen_only: bool = False
    transmit_errors: int | None = None
    receive_errors: int | None = None

    @property
    def stays_off(self) -> bool:
        """Return whether it is a controller that never leaves bus-off by itself."""
        return self.kind == "can" and not self.restart_ms


def state(interface: str) -> InterfaceState:
    """Return how an interface is; raises OSError, ENODEV when it is not there."""
    with _connection() as kernel:
        return _read(kernel.get_links(_index(kernel, interface))[0])


def bring_up(
    interface: str,
    bitrate: int = BITRATE,
    restart_ms: int = RESTART_MS,
    *,
    listen_only: bool = False,
) -> None:
    """Set an interface that is down, and bring it up.

    What has no bit timing, such as vcan, is only brought up; a controller that cannot restart by
    itself, or not only listen, is used as it is. Raises AdapterError, and OSError when the
    interface is not there.
    """
    with _connection() as kernel, _explained(interface):
        index = _index(kernel, interface)
        if _read(kernel.get_links(index)[0]).kind == "can":
            mandatory, *optional = requests(bitrate, restart_ms, listen_only=listen_only)
            kernel.link("set", index=index, **mandatory)
            for request in optional:
                with _unless_lacking():
                    kernel.link("set", index=index, **request)
        kernel.link("set", index=index, state="up")


def restart(interface: str, restart_ms: int = RESTART_MS) -> None:
    """Take a controller out of bus-off: down, and up as it was; raises as bring_up does.

    From then on it restarts by itself, if it can.
    """
    with _connection() as kernel, _explained(interface):
        index = _index(kernel, interface)
        kernel.link("set", index=index, state="down")
        with _unless_lacking():
            kernel.link("set", index=index, **restarting(restart_ms))
        kernel.link("set", index=index, state="up")


def take_down(interface: str) -> None:
    """Take an interface down; raises as bring_up does."""
    with _connection() as kernel, _explained(interface):
        kernel.link("set", index=_index(kernel, interface), state="down")


def requests(bitrate: int, restart_ms: int, *, listen_only: bool) -> list[Request]:
    """Return what a controller is asked, the bitrate first; it may be unable to do the rest."""
    return [
        {"kind": "can", "can_bittiming": {"bitrate": bitrate}},
        restarting(restart_ms),
        {"kind": "can", "can_ctrlmode": {"listenonly": "on" if listen_only else "off"}},
    ]


def restarting(restart_ms: int) -> Request:
    """Return what a controller is asked so that it restarts by itself."""
    return {"kind": "can", "can_restart_ms": restart_ms}


@contextlib.contextmanager
def _connection() -> Iterator[IPRoute]:
    """Speak with the kernel; what it refuses is raised as OSError."""
    from pyroute2 import IPRoute  # noqa: PLC0415  # takes half a second, and few owners need it
    from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415

    try:
        with IPRoute() as kernel:
            yield kernel
    except NetlinkError as error:
        raise OSError(error.code, str(error.args[-1])) from error


@contextlib.contextmanager
def _explained(interface: str) -> Iterator[None]:
    """Say in an owner's words why an interface cannot be set."""
    from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415

    try:
        yield
    except NetlinkError as error:
        problem = str(error.args[-1])
        if error.code in FORBIDDEN:
            raise AdapterError("bring_up_forbidden", adapter=interface, problem=problem) from error
        raise AdapterError("bring_up_failed", adapter=interface, problem=problem) from error


@contextlib.contextmanager
def _unless_lacking() -> Iterator[None]:
    """Go on where a controller lacks what it was asked to do."""
    from pyroute2.netlink.exceptions import NetlinkError  # noqa: PLC0415

    try:
        yield
    except NetlinkError as error:
        if error.code not in LACKING:
            raise


def _index(kernel: IPRoute, interface: str) -> int:
    """Return the kernel's number of an interface."""
    found = list(kernel.link_lookup(ifname=interface))
    if not found:
        raise OSError(errno.ENODEV, f"{interface} is not there")
    return int(found[0])


def _read(link: Any) -> InterfaceState:  # noqa: ANN401  # a message of pyroute2
    """Return what the kernel tells of an interface."""
    info = link.get_attr("IFLA_LINKINFO")
    data = info and info.get_attr("IFLA_INFO_DATA")
    up = bool(link["flags"] & IFF_UP)
    kind = str((info and info.get_attr("IFLA_INFO_KIND")) or "")
    if kind != "can" or not data:
        return InterfaceState(up=up, kind=kind)
    timing: Mapping[str, int] = data.get_attr("IFLA_CAN_BITTIMING") or {}
    mode: Mapping[str, str] = data.get_attr("IFLA_CAN_CTRLMODE") or {}
    errors: Mapping[str, int] = data.get_attr("IFLA_CAN_BERR_COUNTER") or {}
    return InterfaceState(
        up=up,
        kind=kind,
        bitrate=timing.get("bitrate") or None,
        state=str(data.get_attr("IFLA_CAN_STATE") or "").lower() or None,
        restart_ms=int(data.get_attr("IFLA_CAN_RESTART_MS") or 0),
        listen_only=mode.get("listenonly") == "on",
        transmit_errors=errors.get("txerr"),
        receive_errors=errors.get("rxerr"),
    )
