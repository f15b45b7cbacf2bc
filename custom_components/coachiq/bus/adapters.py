"""Kinds of CAN adapter as rows: their settings, which are present, how to open one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
import os
from pathlib import Path
import re
from typing import Literal

from serial.tools import list_ports

from ..error import AdapterError
from . import socketcan
from .codec import slcan
from .port import BITRATE, DescriptorPort, Port
from .problem import explain
from .python_can import Arguments, open_python_can
from .serial_device import SerialDevice
from .socket_device import STREAM_PIECE, SocketDevice, connect_tcp

type Settings = Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a bus is wanted for.

    Whoever is silent does not even acknowledge what it hears, if its adapter can do that. With
    `dgns`, bits 8-24 of identifiers, only frames of these are wanted.
    """

    silent: bool = True
    dgns: frozenset[int] = frozenset()


LISTENING = Use()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of an adapter, from which the flow builds its field."""

    name: str
    kind: Literal["text", "port", "interface", "bitrate", "number"]
    default: str | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterKind:
    """A kind of adapter.

    `open` opens it, blocking, and raises whatever its driver raises. `place` names the hardware,
    so that two buses never share one; `name` is what an owner calls it.
    """

    key: str
    settings: tuple[Setting, ...]
    open: Callable[[Settings, Use], Port]
    place: Callable[[Settings], str]
    name: Callable[[Settings], str]
    can_be_silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """An adapter that is present now: its kind, what identifies it, and what to call it."""

    kind: str
    settings: Settings
    label: str


def _setting(name: str) -> Callable[[Settings], str]:
    """Return what reads one setting."""
    return lambda settings: str(settings[name])


# Opening, by what is behind it.

SLCAN_ANSWER_WAITS = (0.3, 2.0)


def _open_slcan(settings: Settings, use: Use) -> Port:
    """Open a slcan adapter at a serial port, or behind `socket://host:port`."""
    path = str(settings["port"])
    bitrate = int(settings["bitrate"])
    if bitrate not in slcan.BITRATES:
        known = ", ".join(map(str, slcan.BITRATES))
        raise AdapterError("bad_bitrate", bitrate=bitrate, bitrates=known)
    setup = slcan.setup(bitrate, silent=use.silent)
    if "://" in path:
        device: SocketDevice | SerialDevice = _open_stream(*_address(path))
        device.write(setup)
    else:
        device = SerialDevice(path, 115_200)
        # Some boards start anew when their port is opened, and hear nothing for a while.
        for wait in SLCAN_ANSWER_WAITS:
            device.write(setup)
            if device.wait(wait):
                break
    return DescriptorPort(device, slcan.SlcanCodec(), greeting=setup, farewell=slcan.CLOSE)


def _open_stream(host: str, port: int) -> SocketDevice:
    """Connect to a gateway that hands on a stream."""
    return SocketDevice(connect_tcp(host, port), STREAM_PIECE)


def _address(url: str) -> tuple[str, int]:
    """Return host and port of `socket://host:port`; raises AdapterError for another form."""
    match = re.fullmatch(r"socket://\[?([^/\]]+)\]?:([0-9]{1,5})/?", url)
    if not match:
        raise AdapterError("bad_address", address=url)
    return match[1], int(match[2])


def _open_socketcan(settings: Settings, use: Use) -> Port:
    """Open an interface of the kernel."""
    return socketcan.open_interface(str(settings["channel"]), use.dgns)


def _open_simulator(settings: Settings, _: Use) -> Port:
    """Open the simulated coach's bus, and start the coach."""
    from ..simulator import Runner  # noqa: PLC0415  # only owners who try the demo load it

    channel = f"simulator-{settings['bus']}"
    port = open_python_can({"interface": "virtual", "channel": channel})
    try:
        runner = Runner(channel)
        runner.start()
    except Exception:
        port.close()
        raise
    port.companion = runner
    return port


def _open_other(settings: Settings, _: Use) -> Port:
    """Open any interface of python-can."""
    return open_python_can(python_can_arguments(settings))


def python_can_arguments(settings: Settings) -> Arguments:
    """Return python-can's arguments, its extras given as `name=value` words."""
    arguments: Arguments = {
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


# Where an adapter is.


def _port_place(port: str) -> str:
    """Return one name for a serial port however it is spelled."""
    return port if "://" in port else f"serial:{os.path.realpath(port)}"


def _other_place(settings: Settings) -> str:
    """Return the place of an adapter that was described by hand."""
    interface, channel = str(settings["interface"]), str(settings["channel"])
    if interface == "slcan":
        return _port_place(channel.partition("@")[0])
    return f"{interface}:{channel}"


KINDS: dict[str, AdapterKind] = {
    kind.key: kind
    for kind in (
        AdapterKind(
            key="simulator",
            settings=(),
            open=_open_simulator,
            place=lambda settings: f"simulator:{settings['bus']}",
            name=_setting("bus"),
        ),
        AdapterKind(
            key="socketcan",
            settings=(Setting(name="channel", kind="text", default="can0"),),
            open=_open_socketcan,
            place=lambda settings: f"socketcan:{settings['channel']}",
            name=_setting("channel"),
        ),
        AdapterKind(
            key="slcan",
            settings=(
                Setting(name="port", kind="port"),
                Setting(name="bitrate", kind="bitrate", default=BITRATE),
            ),
            open=_open_slcan,
            place=lambda settings: _port_place(str(settings["port"])),
            name=_setting("port"),
            can_be_silent=True,
        ),
        AdapterKind(
            key="other",
            settings=(
                Setting(name="interface", kind="interface"),
                Setting(name="channel", kind="text"),
                Setting(name="bitrate", kind="bitrate", default=BITRATE),
                Setting(name="extras", kind="text", default=""),
            ),
            open=_open_other,
            place=_other_place,
            name=_setting("channel"),
        ),
    )
}


def available_adapters() -> list[Adapter]:
    """Return the CAN interfaces and USB serial ports of this machine; blocking.

    A port that is no USB device is seldom an adapter: it can be named by hand.
    """
    found = [
        Adapter(kind="socketcan", settings={"channel": name}, label=name)
        for name in socketcan.interfaces()
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


def open_adapter(kind: str, settings: Settings, use: Use = LISTENING) -> Port:
    """Open the adapter; blocking. Raises AdapterError that says why not."""
    row = KINDS[kind]
    try:
        return row.open(settings, use)
    except Exception as error:
        # The drivers behind python-can raise whatever they like, NameError included.
        raise explain(error, row.name(settings)) from error


def check_adapter(kind: str, settings: Settings) -> None:
    """Open the adapter and close it again; blocking. Raises AdapterError that says why not."""
    open_adapter(kind, settings).close()
