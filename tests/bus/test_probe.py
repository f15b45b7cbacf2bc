"""What is told of a bus by listening, and that listening leaves no trace."""

import asyncio
from collections.abc import Iterator
import json
from pathlib import Path
import time

import can
from can.interfaces.virtual import VirtualBus
import pytest

from custom_components.coachiq.bus.fingerprint import MOST_IDENTIFIERS, VERDICTS, Tally, judge
from custom_components.coachiq.bus.port import ERROR, EXTENDED, REMOTE, Frame
from custom_components.coachiq.bus.probe import probe
from custom_components.coachiq.bus.serial_device import check_unlocked
from custom_components.coachiq.error import AdapterError
from tests.bus.wiring import SerialPort, channel, our_threads, until
from tests.gateway import Gateway

EXCERPTS = json.loads((Path(__file__).parent / "excerpts.json").read_text("utf-8"))


def frame(text: str) -> Frame:
    can_id, data = text.split("#")
    return int(can_id, 16) | (EXTENDED if len(can_id) > 3 else 0), bytes.fromhex(data)


def tally(*frames: Frame) -> Tally:
    heard = Tally()
    heard.add(frames)
    return heard


@pytest.mark.parametrize("excerpt", EXCERPTS, ids=lambda excerpt: excerpt["source"])
def test_a_bus_is_told_by_what_speaks_on_it(excerpt: dict[str, list[str]]) -> None:
    verdicts = judge(tally(*map(frame, excerpt["frames"])))
    assert list(verdicts) == excerpt["verdicts"]


def test_every_verdict_is_reached_by_some_bus() -> None:
    reached = {verdict for excerpt in EXCERPTS for verdict in excerpt["verdicts"]}
    reached |= {*judge(tally()), *judge(tally((ERROR | 0x88, bytes(8)))), *judge(tally(), 5)}
    assert reached == set(VERDICTS)


def test_a_bus_without_a_frame_is_told_by_what_else_came() -> None:
    assert judge(tally()) == ("no_traffic",)
    assert judge(tally((ERROR | 0x88, bytes(8))), 3) == ("errors_only",)
    assert judge(tally(), 3) == ("garbage",)
    assert judge(tally(frame("19FFBD80#01")), 3) == ("rv_c_probable",)


def test_a_request_for_a_frame_is_a_frame_and_proves_nothing() -> None:
    heard = tally(*((0x19FFB080 + (dgn << 8) | EXTENDED | REMOTE, b"") for dgn in range(5)))
    assert heard.frames == 5
    assert judge(heard) == ("unknown",)


def test_the_second_reserved_page_is_not_rv_cs() -> None:
    assert judge(tally(*((0x1BFFB080 + (n << 8) | EXTENDED, b"") for n in range(5)))) == (
        "unknown",
    )


def test_what_is_kept_has_a_bound() -> None:
    heard = tally(*((EXTENDED | number << 8, b"") for number in range(MOST_IDENTIFIERS + 500)))
    assert heard.frames == MOST_IDENTIFIERS + 500
    assert len(heard.counts) == len(heard.data) == MOST_IDENTIFIERS


@pytest.fixture
def far() -> Iterator[VirtualBus]:
    """The coach's end of a virtual bus."""
    bus = VirtualBus(channel())
    yield bus
    bus.shutdown()


def settings_of(bus: VirtualBus) -> dict[str, str | int]:
    return {
        "interface": "virtual",
        "channel": str(bus.channel_id),
        "bitrate": 250_000,
        "extras": "",
    }


async def test_a_report_says_what_was_heard(far: VirtualBus) -> None:
    listening = asyncio.create_task(probe("other", settings_of(far), 0.6))
    await until(our_threads)
    for text in ("19FFBD80#0100C80000000000", "19FFBD81#0100C80000000000", "7FF#11"):
        can_id, data = frame(text)
        for _ in range(3 if text.startswith("19FFBD80") else 1):
            far.send(
                can.Message(
                    arbitration_id=can_id & ~EXTENDED,
                    is_extended_id=bool(can_id & EXTENDED),
                    data=data,
                )
            )
    far.send(can.Message(is_error_frame=True))
    report = await listening
    assert report.frames == 5
    assert report.errors == 1
    assert report.nodes == 2
    assert report.verdict == "rv_c_probable"
    assert report.also == ()
    assert report.identifiers == (("19FFBD80", 3), ("19FFBD81", 1), ("7FF", 1))
    assert report.seconds == pytest.approx(0.6, abs=0.3)
    assert report.frames_per_second == pytest.approx(5 / report.seconds)
    # Four extended frames of 131 bits and a standard one of 55, and stuff bits.
    assert report.load == pytest.approx((4 * 131 + 55) * 1.083 / report.seconds / 250_000)
    assert far.recv(0) is None, "nothing was sent"
    assert our_threads() == []


async def test_the_simulated_coach_speaks_rv_c_and_is_gone_afterwards() -> None:
    report = await probe("simulator", {"bus": channel()}, 1.5)
    assert report.verdict == "rv_c"
    assert report.nodes > 1
    assert our_threads("simulat") == our_threads() == []


async def test_a_stick_is_told_to_be_silent_and_nothing_but_its_setup_is_written(
    port: SerialPort,
) -> None:
    listening = asyncio.create_task(probe("slcan", {"port": port.path, "bitrate": 250_000}, 0.5))
    await until(lambda: b"L\r" in port.said)
    port.write(b"T19FFBD8080100C80000000000\r")
    report = await listening
    assert report.frames == 1
    await until(lambda: port.said.endswith(b"C\r"))
    assert set(port.said.split(b"\r")) <= {b"", b"C", b"S5", b"M1", b"L", b"O"}


async def test_load_is_of_the_buss_own_bitrate(gateway: Gateway) -> None:
    loads = []
    for bitrate in (250_000, 500_000):
        settings = {"port": gateway.url, "bitrate": bitrate}
        listening = asyncio.create_task(probe("slcan", settings, 0.3))
        await until(lambda: any(line.startswith("S") for line in gateway.lines))
        gateway.lines.clear()
        await gateway.say("T19FFBD8080100C80000000000")
        report = await listening
        assert report.frames == 1
        loads.append(report.load * report.seconds)
    assert loads[0] == pytest.approx(2 * loads[1])


async def test_a_device_that_is_no_adapter_is_told_at_once(gateway: Gateway) -> None:
    listening = asyncio.create_task(probe("slcan", {"port": gateway.url, "bitrate": 250_000}, 30))
    for number in range(200):
        await gateway.say(f"$GPGGA,{number}")
    report = await asyncio.wait_for(listening, 10)
    assert report.verdict == "garbage"
    assert report.garbled > 100


async def test_an_adapter_that_dies_meanwhile_is_an_error_in_words(gateway: Gateway) -> None:
    listening = asyncio.create_task(probe("slcan", {"port": gateway.url, "bitrate": 250_000}, 30))
    await gateway.say("T19FFBD8080100C80000000000")
    await gateway.close()
    with pytest.raises(AdapterError) as raised:
        await asyncio.wait_for(listening, 10)
    assert raised.value.key == "cannot_open"
    assert raised.value.words["adapter"] == gateway.url


async def test_an_adapter_that_is_not_there_is_an_error_in_words() -> None:
    with pytest.raises(AdapterError) as raised:
        await probe("slcan", {"port": "/dev/no-such-port", "bitrate": 250_000}, 30)
    assert raised.value.key == "adapter_missing"


async def test_who_stops_listening_leaves_nothing_open(far: VirtualBus) -> None:
    listening = asyncio.create_task(probe("other", settings_of(far), 30))
    await until(our_threads)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert our_threads() == []


async def test_opening_that_takes_long_holds_nothing_up_and_can_be_given_up(
    port: SerialPort,
) -> None:
    port.mute = True  # so that opening waits 2.3 s for an answer
    listening = asyncio.create_task(probe("slcan", {"port": port.path, "bitrate": 250_000}, 30))
    gaps = []
    await until(lambda: b"L\r" in port.said)
    listening.cancel()
    while not listening.done():
        before = time.monotonic()
        await asyncio.sleep(0.01)
        gaps.append(time.monotonic() - before)
    assert listening.cancelled()
    assert sum(gaps) > 1.5
    assert max(gaps) < 1
    check_unlocked(port.path)  # it was closed before the caller went on
    await until(lambda: port.said.endswith(b"C\r"))
