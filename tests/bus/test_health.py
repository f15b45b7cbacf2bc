"""How a bus is said to be, by what its link did in an interval."""

from dataclasses import dataclass

import can
import pytest

from custom_components.coachiq.bus.health import Gauge, Health
from custom_components.coachiq.bus.link import Link
from tests.bus.wiring import channel, until
from tests.fake_clock import FakeClock


@dataclass
class Reader:
    """Who reads the frames."""

    unknown_dgns: int = 0
    decode_misses: int = 0
    command_latency: float | None = None


@pytest.mark.parametrize("bitrate", [250_000, 500_000])
async def test_a_bus_is_measured(bitrate: int) -> None:
    """Down, heard, silent, heard, and down again, with what it carried in between."""
    clock, name = FakeClock(), channel()
    link = Link(
        key="house",
        kind="other",
        settings={"interface": "virtual", "channel": name, "bitrate": bitrate},
        clock=clock,
        transmit=False,
        serial=1,
        product="",
        frames=lambda _, __: None,
        changed=lambda _: None,
    )
    reader = Reader()
    gauge = Gauge(link, reader, bitrate, clock)
    clock.advance(10.0)
    assert gauge.measure() == set(), "nothing is known of a bus that was never open"
    assert gauge.health == Health()
    link.start()
    await until(lambda: link.state == "up")
    clock.advance(3.0)
    assert gauge.turn() == {"state"}
    assert gauge.health.state == "listening"
    assert gauge.health.load is None, "it was not open for an interval"
    with can.Bus(interface="virtual", channel=name) as far:
        for number in range(100):
            far.send(can.Message(arbitration_id=0x19FEDA8A, data=number.to_bytes(8)))
        await until(lambda: link.count.received == 100)
        heard_at = clock.now()
        clock.advance(10.0)
        link.count.errors["bus_off"] += 2
        assert gauge.measure() == {"load", "frame_rate", "last_frame", "error_frames"}
        assert gauge.health.frame_rate == 10.0
        # 10 frames/s of 142 bits.
        assert gauge.health.load == pytest.approx(142_000 / bitrate, abs=0.05)
        assert gauge.health.last_frame == heard_at
        reader.unknown_dgns, reader.decode_misses, reader.command_latency = 1, 2, 34.5
        told = {"load", "frame_rate", "unknown_dgns", "decode_misses", "command_latency"}
        assert gauge.measure() == told, "an interval of no length"
        clock.advance(10.0)
        assert gauge.measure() == {"state", "load", "frame_rate"}
        assert gauge.health.state == "silent"
        assert (gauge.health.load, gauge.health.frame_rate) == (0.0, 0.0)  # type: ignore[comparison-overlap]  # mypy keeps the None of before
        clock.advance(10.0)
        assert gauge.measure() == set(), "what is the same is not written"
        far.send(can.Message(arbitration_id=0x19FEDA8A, data=bytes(8)))
        await until(lambda: link.count.received == 101)
    assert gauge.turn() == {"state", "last_frame"}
    assert gauge.health.state == "listening"
    await link.stop()
    assert {"state", "load", "frame_rate"} <= gauge.turn()
    assert gauge.health.state == "down"
    assert gauge.health.load is None
    assert gauge.health.last_frame is not None, "what was heard last stays known"
