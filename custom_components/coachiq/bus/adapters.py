"""Kinds of CAN adapter as rows: their settings, which are present, how to open one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import errno
import fcntl
import os
from pathlib import Path
import re
from typing import Literal, Protocol

import can
from can.interfaces.slcan import slcanBus
from serial.tools import list_ports

from ..error import AdapterError

BITRATE = 250_000
SLCAN_BITRATES = (10_000, 20_000, 50_000, 100_000, 125_000, 250_000, 500_000, 750_000, 1_000_000)
ARPHRD_CAN = "280"
IFF_UP = 1
# python-can's slcan waits so many seconds for a first byte even where it is told not to wait at
# all: after each frame this long holds it back, and an idle bus is looked at this often.
SERIAL_WAIT = 0.005

type Settings = Mapping[str, str | int]


class Companion(Protocol):
    """What lives and dies with an opened bus: the simulated coach."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End; returns when it has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of an adapter, from which the flow builds its field."""

    name: str
    kind: Literal["text", "port", "interface", "bitrate"]
    default: str | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterKind:
    """A kind of adapter.

    `arguments` turns settings into python-can's; `place` names the hardware, so that two buses
    never share one.
    """

    key: str
    settings: tuple[Setting, ...]
    arguments: Callable[[Settings], dict[str, str | int | float | bool]]
    place: Callable[[Settings], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """An adapter that is present now: its kind, what identifies it, and what to call it."""

    kind: str
    settings: Settings
    label: str


def _slcan(settings: Settings) -> dict[str, str | int | float | bool]:
    """Return slcan's arguments; a network port needs no time to boot."""
    port = str(settings["port"])
    return {
        "interface": "slcan",
        "channel": port,
        "bitrate": int(settings["bitrate"]),
        "timeout": SERIAL_WAIT,
        "sleep_after_open": 0 if "://" in port else 2,
    }


def _other(settings: Settings) -> dict[str, str | int | float | bool]:
    """Return the arguments of any python-can interface, its extras as `name=value` words."""
    arguments: dict[str, str | int | float | bool] = {
        "interface": str(settings["interface"]),
        "channel": str(settings["channel"]),
        "bitrate": int(settings["bitrate"]),
    }
    for word in str(settings.get("extras", "")).split():
        name, equals, value = word.partition("=")
        if not (equals and name.isidentifier() and value):
            raise AdapterError("bad_extras", word=word)
        arguments[name] = _plain(value)
    return arguments


def _plain(text: str) -> str | int | float:
    """Return what a driver expects of an extra: a number where it reads as one."""
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]+\.[0-9]+", text) else text


def _port_place(port: str) -> str:
    """Return one name for a serial port however it is spelled."""
    return port if "://" in port else f"serial:{os.path.realpath(port)}"


def _other_place(settings: Settings) -> str:
    """Return the place of an adapter that was described by hand."""
    interface, channel = str(settings["interface"]), str(settings["channel"])
    if interface == "slcan":
        return _port_place(channel.partition("@")[0])
    return f"{interface}:{channel}"


KINDS: Mapping[str, AdapterKind] = {
    kind.key: kind
    for kind in (
        AdapterKind(
            key="simulator",
            settings=(),
            arguments=lambda settings: {
                "interface": "virtual",
                "channel": f"simulator-{settings['bus']}",
            },
            place=lambda settings: f"simulator:{settings['bus']}",
        ),
        AdapterKind(
            key="socketcan",
            settings=(Setting(name="channel", kind="text", default="can0"),),
            arguments=lambda settings: {
                "interface": "socketcan",
                "channel": str(settings["channel"]),
            },
            place=lambda settings: f"socketcan:{settings['channel']}",
        ),
        AdapterKind(
            key="slcan",
            settings=(
                Setting(name="port", kind="port"),
                Setting(name="bitrate", kind="bitrate", default=BITRATE),
            ),
            arguments=_slcan,
            place=lambda settings: _port_place(str(settings["port"])),
        ),
        AdapterKind(
            key="other",
            settings=(
                Setting(name="interface", kind="interface"),
                Setting(name="channel", kind="text"),
                Setting(name="bitrate", kind="bitrate", default=BITRATE),
                Setting(name="extras", kind="text", default=""),
            ),
            arguments=_other,
            place=_other_place,
        ),
    )
}

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
}


def interfaces() -> list[str]:
    """Return the names of python-can's interfaces."""
    return sorted(can.VALID_INTERFACES)


def available_adapters() -> list[Adapter]:
    """Return the CAN interfaces and USB serial ports of this machine; blocking.

    A port that is no USB device is seldom an adapter: it can be named by hand.
    """
    found = [
        Adapter(kind="socketcan", settings={"channel": link.parent.name}, label=link.parent.name)
        for link in sorted(Path("/sys/class/net").glob("*/type"))
        if link.read_text(encoding="ascii").strip() == ARPHRD_CAN
    ]
    stable = {os.path.realpath(path): str(path) for path in Path("/dev/serial/by-id").glob("*")}
    for port in sorted(port for port in list_ports.comports() if port.vid is not None):
        path = stable.get(os.path.realpath(port.device), port.device)
        label = f"{port.description} ({port.device})"
        found.append(
            Adapter(kind="slcan", settings={"port": path, "bitrate": BITRATE}, label=label)
        )
    return found


def place_of(kind: str, settings: Settings) -> str:
    """Return the name of the hardware that these settings reach."""
    return KINDS[kind].place(settings)


def open_adapter(kind: str, settings: Settings) -> tuple[can.BusABC, Companion | None]:
    """Open the adapter; blocking. Raises AdapterError that says why not."""
    arguments = KINDS[kind].arguments(settings)
    name = str(arguments["channel"])
    if arguments["interface"] == "socketcan" and _is_down(name):
        raise AdapterError("interface_down", adapter=name, bitrate=BITRATE)
    local = arguments["interface"] == "slcan" and "://" not in name
    try:
        if local:
            _check_unlocked(name.partition("@")[0])
        bus = can.Bus(**arguments)  # type: ignore[arg-type]  # the arguments are each interface's own
    except Exception as error:
        # The drivers behind python-can raise whatever they like, NameError included.
        raise _explain(error, name) from error
    try:
        if local and isinstance(bus, slcanBus):
            bus.serialPortOrig.exclusive = True
        companion = _companion(kind, name)
    except Exception as error:
        bus.shutdown()
        raise _explain(error, name) from error
    return bus, companion


def _check_unlocked(port: str) -> None:
    """Raise OSError for a port that another program holds, before the driver writes to it."""
    opened = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(opened)


def check_adapter(kind: str, settings: Settings) -> None:
    """Open the adapter and close it again; blocking. Raises AdapterError that says why not."""
    bus, companion = open_adapter(kind, settings)
    close_adapter(bus, companion)


class GarbledFrameError(Exception):
    """A line of a serial adapter that is no frame."""


def read_frame(bus: can.BusABC, wait: float) -> can.Message | None:
    """Return the next frame, None after `wait` seconds; blocking.

    Raises GarbledFrameError for a line that is no frame, and whatever a driver raises when the
    bus is lost.
    """
    try:
        return bus.recv(wait)
    except (ValueError, LookupError) as error:
        if not isinstance(bus, slcanBus):
            raise
        raise GarbledFrameError from error
    except can.CanError as error:
        if not (isinstance(bus, slcanBus) and isinstance(error.__cause__, UnicodeDecodeError)):
            raise
        bus.flush()  # it keeps the bytes that it cannot read otherwise
        raise GarbledFrameError from error


def close_adapter(bus: can.BusABC, companion: Companion | None) -> None:
    """Close what `open_adapter` opened; blocking, and silent about a bus that died before."""
    if companion:
        companion.stop()
    try:
        bus.shutdown()
    except can.CanError, OSError, ValueError:
        # Closing the channel of an adapter that was pulled fails; there is nothing left to close.
        if isinstance(bus, slcanBus):
            bus.serialPortOrig.close()


def _is_down(interface: str) -> bool:
    """Tell whether the kernel keeps the interface down: it would open, and fail at once."""
    try:
        flags = (Path("/sys/class/net") / interface / "flags").read_text(encoding="ascii")
    except OSError:
        return False
    return not int(flags, 16) & IFF_UP


def _companion(kind: str, channel: str) -> Companion | None:
    """Start the simulated coach when that is the adapter."""
    if kind != "simulator":
        return None
    from ..simulator import Runner  # noqa: PLC0415  # only owners who try the demo load it

    runner = Runner(channel)
    runner.start()
    return runner


def _explain(error: BaseException, name: str) -> AdapterError:
    """Return the owner's words for what a driver raised."""
    if isinstance(error, AdapterError):
        return error
    cause: BaseException | None = error
    while cause is not None:
        number = getattr(cause, "errno", None)
        if number is None:
            number = next((code for code in PROBLEMS if f"[Errno {code}]" in str(cause)), None)
        if isinstance(number, int) and number in PROBLEMS:
            return AdapterError(PROBLEMS[number], adapter=name)
        if isinstance(cause, ImportError):
            return AdapterError("package_missing", adapter=name, package=cause.name or str(cause))
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, can.CanInterfaceNotImplementedError):
        return AdapterError("interface_unknown", adapter=name, problem=str(error))
    return AdapterError("cannot_open", adapter=name, problem=f"{error}" or type(error).__name__)
