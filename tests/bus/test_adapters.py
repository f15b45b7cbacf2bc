"""The kinds of adapter: what they open, how they are told apart, what is said when they fail."""

import asyncio
from collections.abc import Iterator
import os
from pathlib import Path
import socket

import can
import pytest
import serial
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from custom_components.coachiq.bus import KINDS, available_adapters, check_adapter
from custom_components.coachiq.bus.adapters import (
    LISTENING,
    Settings,
    Use,
    open_adapter,
    place_of,
    python_can_arguments,
)
from custom_components.coachiq.bus.port import EXTENDED, Frame, Port, ignore
from custom_components.coachiq.bus.python_can import interface_names
from custom_components.coachiq.error import AdapterError
from tests.bus.wiring import SerialPort, channel, our_threads, until
from tests.gateway import Gateway


def slcan(port: str, bitrate: int = 250_000) -> Settings:
    return {"port": port, "bitrate": bitrate}


def other(interface: str, channel: str, extras: str = "") -> Settings:
    return {"interface": interface, "channel": channel, "bitrate": 250_000, "extras": extras}


def failure(kind: str, settings: Settings) -> AdapterError:
    with pytest.raises(AdapterError) as caught:
        check_adapter(kind, settings)
    return caught.value


def test_settings_become_arguments_of_python_can() -> None:
    extras = " fd=0 level=-3 wait=0.25 host=10.0.0.5  note=a=b odd=--5 half=²"
    made = python_can_arguments(other("kvaser", "0", extras))
    expected: dict[str, object] = {
        "interface": "kvaser", "channel": "0", "bitrate": 250_000, "fd": 0, "level": -3,
        "wait": 0.25, "host": "10.0.0.5", "note": "a=b", "odd": "--5", "half": "²",
    }  # fmt: skip
    assert made == expected
    assert [type(value) for value in made.values()] == list(map(type, expected.values()))


@pytest.mark.parametrize("word", ["rtscts", "=1", "a-b=1", "rtscts=", "1a=2"])
def test_an_extra_that_is_no_name_and_value_is_named(word: str) -> None:
    error = failure("other", other("slcan", "/dev/nowhere", word))
    assert (error.key, error.words) == ("bad_extras", {"word": word})


def test_the_same_serial_port_is_one_place_however_it_is_spelled(
    port: SerialPort, tmp_path: Path
) -> None:
    by_id = tmp_path / "usb-canable-if00"
    detour = f"{tmp_path}/../{tmp_path.name}/usb-canable-if00"
    by_id.symlink_to(port.path)
    places = {
        place_of("slcan", {"port": port.path, "bitrate": 250_000}),
        place_of("slcan", {"port": str(by_id), "bitrate": 500_000}),
        place_of("slcan", {"port": detour, "bitrate": 1}),
        place_of("other", other("slcan", port.path)),
        place_of("other", other("slcan", f"{by_id}@115200")),
    }
    assert len(places) == 1


def test_a_gateway_and_a_kernel_interface_are_one_place_by_either_kind() -> None:
    url = "socket://10.0.0.5:3333"
    assert place_of("slcan", {"port": url, "bitrate": 1}) == place_of("other", other("slcan", url))
    assert place_of("socketcan", {"channel": "can0"}) == place_of(
        "other", {"interface": "socketcan", "channel": "can0", "bitrate": 1}
    )


def test_different_hardware_is_in_different_places(port: SerialPort) -> None:
    places = [
        place_of("slcan", {"port": port.path, "bitrate": 1}),
        place_of("slcan", {"port": "/dev/ttyACM9", "bitrate": 1}),
        place_of("slcan", {"port": "socket://10.0.0.5:3333", "bitrate": 1}),
        place_of("slcan", {"port": "socket://10.0.0.5:3334", "bitrate": 1}),
        place_of("socketcan", {"channel": "can0"}),
        place_of("socketcan", {"channel": "can1"}),
        place_of("other", {"interface": "pcan", "channel": "can0", "bitrate": 1}),
        place_of("simulator", {"bus": "house"}),
        place_of("simulator", {"bus": "chassis"}),
    ]
    assert len(set(places)) == len(places)


async def test_a_virtual_bus_opens_and_closes() -> None:
    name = channel()
    check_adapter("other", other("virtual", name))
    port = open_adapter("other", other("virtual", name))
    left: list[BaseException | None] = []
    port.start(ignore, ignore)
    with can.Bus(interface="virtual", channel=name) as peer:
        port.send((0x99FEDA8A, b"\x01"), left.append)
        message = await asyncio.to_thread(peer.recv, 1.0)
        await until(lambda: left == [None])
    port.stop()
    await asyncio.to_thread(port.close)
    assert message
    assert (message.arbitration_id, message.is_extended_id) == (0x19FEDA8A, True)
    assert our_threads(name) == []


async def test_the_simulated_coach_comes_and_goes_with_its_bus() -> None:
    name = channel()
    port = open_adapter("simulator", {"bus": name})
    assert len(our_threads(name)) == 1
    heard: list[Frame] = []
    port.start(heard.extend, ignore)
    await until(lambda: heard)
    assert heard[0][0] & EXTENDED
    port.stop()
    await asyncio.to_thread(port.close)
    assert our_threads(name) == []
    check_adapter("simulator", {"bus": name})
    assert our_threads(name) == []


def test_a_serial_adapter_is_set_up_and_closed(port: SerialPort) -> None:
    opened = open_adapter("slcan", slcan(port.path))
    said = port.read(1.0)
    assert b"S5\r" in said
    assert said.endswith(b"S5\rM1\rL\rO\r"), "told nothing else, it does not even acknowledge"
    opened.close()
    assert port.read(1.0) == b"C\r"
    open_adapter("slcan", slcan(port.path), Use(silent=False)).close()
    assert b"\rS5\rM0\rO\r" in port.read(1.0)


async def test_a_usb_can_a_is_set_up_and_carries_frames_both_ways(port: SerialPort) -> None:
    def opened(use: Use = LISTENING) -> Port:
        return open_adapter("usb_can_a", slcan(port.path), use)

    # AA 55 12, bitrate, extended, filter, mask, then the mode: 2 is silent.
    opened().close()
    assert port.read(1.0)[:15] == bytes.fromhex("AA55120502") + bytes(8) + b"\x02\x01"
    usb = opened(Use(silent=False))
    assert port.read(1.0)[:15] == bytes.fromhex("AA55120502") + bytes(8) + b"\x00\x01"
    heard: list[Frame] = []
    left: list[BaseException | None] = []
    usb.start(heard.extend, ignore)
    port.write(bytes.fromhex("AAE88ADAFE19307EC8FCFF0104FF55"))
    usb.send((0x99FEDA8A, b"\x01\xff"), left.append)
    await until(lambda: heard and left)
    assert heard == [(0x99FEDA8A, bytes.fromhex("307EC8FCFF0104FF"))]
    assert left == [None]
    assert (await asyncio.to_thread(port.read, 1.0)) == bytes.fromhex("AAE28ADAFE1901FF55")
    usb.stop()
    usb.close()


def test_a_usb_can_a_is_the_place_of_its_port(port: SerialPort) -> None:
    assert place_of("usb_can_a", slcan(port.path)) == place_of("slcan", slcan(port.path))
    error = failure("usb_can_a", slcan(port.path, bitrate=750_000))
    assert error.key == "bad_bitrate"
    assert "800000" in error.words["bitrates"]


def test_what_the_kernel_does_better_is_said_where_the_package_is_missing() -> None:
    gs_usb = failure("gs_usb", {"index": 0, "bitrate": 250_000})
    assert (gs_usb.key, gs_usb.words) == (
        "kernel_better",
        {"adapter": "gs_usb", "package": "gs_usb"},
    )
    pcan = failure("pcan", {"channel": "PCAN_USBBUS1", "bitrate": 250_000})
    assert (pcan.key, pcan.words) == (
        "kernel_better",
        {"adapter": "PCAN", "package": "PCANBasic"},
    )


def test_rows_are_described_by_hand_with_settings_that_have_names() -> None:
    assert {kind.key for kind in KINDS.values() if not kind.by_hand} >= {"simulator"}
    for kind in KINDS.values():
        names = [setting.name for setting in kind.settings]
        assert len(set(names)) == len(names)
        for setting in kind.settings:
            if setting.kind == "number" and isinstance(setting.default, int):
                assert setting.least <= setting.default <= setting.most


def test_a_serial_adapter_of_ours_is_ours_alone(port: SerialPort) -> None:
    opened = open_adapter("slcan", slcan(port.path))
    assert failure("slcan", slcan(port.path)).key == "adapter_taken"
    opened.close()
    check_adapter("slcan", slcan(port.path))


@pytest.fixture
def holder(port: SerialPort) -> Iterator[serial.Serial]:
    with serial.Serial(port.path, exclusive=True) as holder:
        yield holder


def test_a_port_that_another_program_holds_is_taken(
    port: SerialPort, holder: serial.Serial
) -> None:
    error = failure("slcan", slcan(port.path))
    assert (error.key, error.words) == ("adapter_taken", {"adapter": port.path})
    holder.close()
    check_adapter("slcan", slcan(port.path))


def test_who_holds_a_port_is_not_disturbed(port: SerialPort, holder: serial.Serial) -> None:
    # The port may be a Zigbee stick, to which our bytes are noise.
    failure("slcan", slcan(port.path))
    assert port.read(0.1) == b""


def test_a_missing_port() -> None:
    error = failure("slcan", {"port": "/dev/serial/by-id/nowhere", "bitrate": 250_000})
    assert (error.key, error.words) == (
        "adapter_missing",
        {"adapter": "/dev/serial/by-id/nowhere"},
    )


def test_a_port_that_we_may_not_open(port: SerialPort) -> None:
    Path(port.path).chmod(0)
    user = os.geteuid()
    try:
        if user == 0:
            os.seteuid(65534)
        error = failure("slcan", slcan(port.path))
    finally:
        os.seteuid(user)
    assert (error.key, error.words) == ("adapter_forbidden", {"adapter": port.path})


def test_an_interface_that_is_missing_or_unknown_to_the_kernel(socket_enabled: None) -> None:
    try:
        socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW).close()
        key = "adapter_missing"
    except OSError:
        key = "socketcan_missing"
    assert failure("socketcan", {"channel": "can987"}).key == key


def test_an_interface_unknown_to_python_can() -> None:
    error = failure("other", {"interface": "toaster", "channel": "0", "bitrate": 250_000})
    assert error.key == "interface_unknown"
    assert error.words["adapter"] == "0"
    assert "toaster" in error.words["problem"]
    assert "toaster" not in interface_names()
    assert {"slcan", "socketcan", "virtual"} <= set(interface_names())


def test_an_interface_whose_package_is_not_installed() -> None:
    error = failure("other", {"interface": "gs_usb", "channel": "0", "bitrate": 250_000})
    assert (error.key, error.words["adapter"]) == ("package_missing", "0")
    # It needs both; Home Assistant may have brought the first along.
    assert error.words["package"] in {"usb", "gs_usb"}


async def test_a_gateway_that_refuses(gateway: Gateway) -> None:
    await gateway.close()
    error = failure("slcan", {"port": gateway.url, "bitrate": 250_000})
    assert (error.key, error.words) == ("gateway_unreachable", {"adapter": gateway.url})


@pytest.mark.parametrize(
    ("port", "problem"),
    [
        ("/", "directory"),
        ("/dev/null", "configure port"),
    ],
)
def test_what_has_no_words_of_its_own_is_told_as_the_driver_says_it(
    port: str, problem: str
) -> None:
    error = failure("slcan", slcan(port))
    assert error.key == "cannot_open"
    assert problem in error.words["problem"]


@pytest.mark.parametrize("url", ["carrier-pigeon://home", "socket://gateway", "socket://:1"])
def test_an_address_of_another_form(url: str) -> None:
    error = failure("slcan", slcan(url))
    assert (error.key, error.words) == ("bad_address", {"address": url})


def test_a_bitrate_that_the_adapter_does_not_know(port: SerialPort) -> None:
    error = failure("slcan", slcan(port.path, bitrate=12_345))
    assert (error.key, error.words["bitrate"]) == ("bad_bitrate", "12345")
    assert "250000" in error.words["bitrates"]
    assert port.read(0.1) == b""


def test_closing_a_bus_that_died_is_silent(port: SerialPort) -> None:
    opened = open_adapter("slcan", slcan(port.path))
    opened.close()
    opened.close()
    check_adapter("slcan", slcan(port.path))


def test_present_adapters_are_described_by_what_opens_them(
    port: SerialPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, soldered = map(ListPortInfo, (port.path, "/dev/ttyUSB77", "/dev/ttyS0"))
    first.description, second.description = "CANable", "CANtact"
    first.vid = second.vid = 0x1D50
    monkeypatch.setattr(list_ports, "comports", lambda: [second, soldered, first])
    found = [adapter for adapter in available_adapters() if adapter.kind == "slcan"]
    assert [adapter.label for adapter in found] == [
        f"CANable ({port.path})",
        "CANtact (/dev/ttyUSB77)",
    ]
    assert found[0].settings == {"port": port.path, "bitrate": 250_000}
    for adapter in found:
        assert KINDS[adapter.kind].place(adapter.settings)


def test_this_machine_can_be_asked_for_its_adapters() -> None:
    found = available_adapters()
    assert isinstance(found, list)
    here = {path.name for path in Path("/sys/class/net").iterdir()}
    assert {str(a.settings["channel"]) for a in found if a.kind == "socketcan"} <= here
    assert all(adapter.label and adapter.kind in KINDS for adapter in found)
