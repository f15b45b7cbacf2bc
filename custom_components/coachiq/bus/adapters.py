"""Kinds of CAN adapter as rows: their settings, which are present, how to open one."""

from collections.abc import Callable, Iterable, Iterator
import contextlib
import os
from pathlib import Path
import re

from serial.tools import list_ports

from ..error import AdapterError
from ..rvc import HEARD
from . import socketcan
from .codec import seeed, slcan
from .codec.cannelloni import CannelloniCodec
from .codec.thirteen import ThirteenCodec, ThirteenDatagramCodec
from .codec.yacht import YachtCodec
from .gateway import (
    endpoint,
    gateway,
    open_socketcand,
    open_stream,
    over_tcp,
    over_udp,
    port_number,
)
from .kind import LISTENING, Adapter, AdapterKind, Setting, Settings, Use
from .port import BITRATE, DescriptorPort, Device, Port
from .problem import explain
from .python_can import Arguments, open_python_can
from .replay import open_replay
from .serial_device import SerialDevice
from .socket_device import SocketDevice

__all__ = [
    "KINDS",
    "LISTENING",
    "Adapter",
    "AdapterKind",
    "Setting",
    "Settings",
    "Use",
    "available_adapters",
    "check_adapter",
    "open_adapter",
    "place_of",
    "python_can_arguments",
]


def _setting(name: str) -> Callable[[Settings], str]:
    """Return what reads one setting."""
    return lambda settings: str(settings[name])


# Opening, by what is behind it.

SLCAN_BAUDRATE = 115_200

# Some boards start anew when their port is opened, and hear nothing for a while.
ANSWER_WAITS = (0.3, 2.0)
ADDRESS = re.compile(r"socket://\[?([^/\]]+)\]?:([0-9]{1,5})/?")


def _bitrate(settings: Settings, known: Iterable[int]) -> int:
    """Return the bitrate that is set; raises AdapterError when the adapter does not know it."""
    bitrate = int(settings["bitrate"])
    if bitrate not in known:
        bitrates = ", ".join(map(str, sorted(known)))
        raise AdapterError("bad_bitrate", bitrate=bitrate, bitrates=bitrates)
    return bitrate


@contextlib.contextmanager
def _closed_on_failure(device: Device) -> Iterator[None]:
    """Close a device that cannot be set up: open, it would be held by nobody."""
    try:
        yield
    except BaseException:
        device.close(b"")
        raise


def _open_slcan(settings: Settings, use: Use) -> Port:
    """Open a slcan adapter at a serial port, or behind `socket://host:port`."""
    path = str(settings["port"])
    setup = slcan.setup(_bitrate(settings, slcan.BITRATES), silent=use.silent)
    if "://" in path:
        device: SocketDevice | SerialDevice = open_stream(*_address(path))
        with _closed_on_failure(device):
            device.write(setup)
    else:
        device = SerialDevice(path, SLCAN_BAUDRATE)
        with _closed_on_failure(device):
            for wait in ANSWER_WAITS:
                device.write(setup)
                if device.wait(wait):
                    break
    return DescriptorPort(device, slcan.SlcanCodec(), greeting=setup, farewell=slcan.CLOSE)


def _open_usb_can_a(settings: Settings, use: Use) -> Port:
    """Open a USB-CAN-A, which acknowledges its set-up by nothing."""
    setup = seeed.setup(_bitrate(settings, seeed.BITRATES), silent=use.silent)
    device = SerialDevice(str(settings["port"]), seeed.BAUDRATE)
    with _closed_on_failure(device):
        device.write(setup)
    return DescriptorPort(device, seeed.SeeedCodec(), greeting=setup)


def _address(url: str) -> tuple[str, int]:
    """Return host and port of `socket://host:port`; raises AdapterError for another form."""
    match = ADDRESS.fullmatch(url)
    if not match:
        raise AdapterError("bad_address", address=url)
    return match[1], port_number(match[2])


def _open_socketcan(settings: Settings, use: Use) -> Port:
    """Open an interface of the kernel."""
    return socketcan.open_interface(
        str(settings["channel"]),
        HEARD.union(use.dgns) if settings.get("known_only") else (),
        bitrate=int(settings.get("bitrate", BITRATE)),
        silent=use.silent,
    )


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


def _open_pcan(settings: Settings, _: Use) -> Port:
    """Open a PCAN adapter by PEAK's library."""
    arguments: Arguments = {
        "interface": "pcan",
        "channel": str(settings["channel"]),
        "bitrate": int(settings["bitrate"]),
    }
    try:
        return open_python_can(arguments)
    except OSError as error:
        if "library" not in str(error):
            raise
        raise AdapterError("kernel_better", adapter="PCAN", package="PCANBasic") from error


def _open_gs_usb(settings: Settings, _: Use) -> Port:
    """Open a candleLight adapter from user space, the first or another of them."""
    index = int(settings["index"])
    arguments: Arguments = {
        "interface": "gs_usb",
        "channel": index,
        "index": index,
        "bitrate": int(settings["bitrate"]),
    }
    try:
        return open_python_can(arguments)
    except Exception as error:
        # Neither package says in one way only that it, or its library, is not there.
        if _is_missing(error):
            raise AdapterError("kernel_better", adapter="gs_usb", package="gs_usb") from error
        raise


def _is_missing(error: BaseException | None) -> bool:
    """Tell whether a package, or pyusb's library, is what an error is about."""
    while error is not None:
        if isinstance(error, ImportError) or type(error).__name__ == "NoBackendError":
            return True
        error = error.__cause__ or error.__context__
    return False


def _open_udp_multicast(settings: Settings, _: Use) -> Port:
    """Join a group in which python-can speaks."""
    return open_python_can(
        {
            "interface": "udp_multicast",
            "channel": str(settings["group"]),
            "port": port_number(str(settings["udp_port"])),
        },
        echoes=True,
    )


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
    """Return one name for a serial port, or a gateway, however it is spelled."""
    if match := ADDRESS.fullmatch(port):
        return endpoint("tcp", match[1], match[2])
    return port if "://" in port else f"serial:{os.path.realpath(port)}"


def _other_place(settings: Settings) -> str:
    """Return the place of an adapter that was described by hand."""
    interface, channel = str(settings["interface"]), str(settings["channel"])
    if interface == "slcan":
        return _port_place(channel.partition("@")[0])
    return f"{interface}:{channel}"


BITRATE_SETTING = Setting(name="bitrate", kind="bitrate", default=BITRATE)


KINDS: dict[str, AdapterKind] = {
    kind.key: kind
    for kind in (
        AdapterKind(
            key="simulator",
            by_hand=False,
            settings=(),
            open=_open_simulator,
            place=lambda settings: f"simulator:{settings['bus']}",
            name=_setting("bus"),
        ),
        AdapterKind(
            key="socketcan",
            settings=(
                Setting(name="channel", kind="text", default="can0"),
                BITRATE_SETTING,
                Setting(name="known_only", kind="flag", default=False),
            ),
            open=_open_socketcan,
            place=lambda settings: f"socketcan:{settings['channel']}",
            name=_setting("channel"),
        ),
        AdapterKind(
            key="slcan",
            settings=(
                Setting(name="port", kind="port"),
                BITRATE_SETTING,
            ),
            open=_open_slcan,
            place=lambda settings: _port_place(str(settings["port"])),
            name=_setting("port"),
            can_be_silent=True,
        ),
        AdapterKind(
            key="usb_can_a",
            settings=(Setting(name="port", kind="port"), BITRATE_SETTING),
            open=_open_usb_can_a,
            place=lambda settings: _port_place(str(settings["port"])),
            name=_setting("port"),
            can_be_silent=True,
        ),
        gateway("yacht_devices", over_tcp(YachtCodec), tcp_port=1457),
        gateway("can_ethernet_tcp", over_tcp(ThirteenCodec), tcp_port=20001),
        gateway(
            "can_ethernet_udp", over_udp(ThirteenDatagramCodec), udp_port=20001, local_port=20001
        ),
        gateway("cannelloni", over_udp(CannelloniCodec), udp_port=20000, local_port=20000),
        gateway("socketcand", open_socketcand, tcp_port=29536, channel="can0"),
        AdapterKind(
            key="pcan",
            settings=(
                Setting(name="channel", kind="text", default="PCAN_USBBUS1"),
                BITRATE_SETTING,
            ),
            open=_open_pcan,
            place=lambda settings: f"pcan:{settings['channel']}",
            name=_setting("channel"),
        ),
        AdapterKind(
            key="gs_usb",
            settings=(
                Setting(name="index", kind="number", default=0, least=0, most=31),
                BITRATE_SETTING,
            ),
            open=_open_gs_usb,
            place=lambda settings: f"gs_usb:{settings['index']}",
            name=lambda settings: f"gs_usb {settings['index']}",
        ),
        AdapterKind(
            key="udp_multicast",
            settings=(
                Setting(name="group", kind="text", default="239.74.163.2"),
                Setting(name="udp_port", kind="number", default=43113),
            ),
            open=_open_udp_multicast,
            place=lambda settings: f"udp_multicast:{settings['group']}:{settings['udp_port']}",
            name=_setting("group"),
        ),
        AdapterKind(
            key="replay",
            settings=(
                Setting(name="path", kind="text"),
                Setting(name="speed", kind="text", default="1"),
            ),
            open=lambda settings, _: open_replay(str(settings["path"]), str(settings["speed"])),
            place=lambda settings: f"replay:{settings['path']}",
            name=_setting("path"),
            is_replay=True,
        ),
        AdapterKind(
            key="other",
            settings=(
                Setting(name="interface", kind="interface"),
                Setting(name="channel", kind="text"),
                BITRATE_SETTING,
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
        Adapter(kind="socketcan", settings={"channel": name, "bitrate": BITRATE}, label=name)
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
