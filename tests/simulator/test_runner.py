"""The coach in its thread, on python-can's virtual bus."""

from collections.abc import Callable, Iterator
from threading import enumerate as threads
import time
from uuid import uuid4

import can
from can.interfaces.virtual import VirtualBus
import pytest

from custom_components.coachiq.simulator import Runner


@pytest.fixture
def channel() -> str:
    return f"simulator-{uuid4()}"


@pytest.fixture
def bus(channel: str) -> Iterator[can.BusABC]:
    with can.Bus(interface="virtual", channel=channel) as one:
        yield one


def _await(bus: can.BusABC, wanted: Callable[[can.Message], bool]) -> can.Message:
    end = time.monotonic() + 2
    while time.monotonic() < end:
        message = bus.recv(0.05)
        if message is not None and wanted(message):
            return message
    raise AssertionError("not heard")


def test_answers_a_command_and_leaves_nothing_behind(channel: str, bus: can.BusABC) -> None:
    runner = Runner(channel, seed=1)
    runner.start()
    runner.start()
    assert runner.coach is not None
    _await(bus, lambda message: message.arbitration_id == 0x18EE008E)
    bus.send(can.Message(arbitration_id=0x19FEDBF9, data=bytes.fromhex("19FF3200FF00FFFF")))
    status = _await(bus, lambda message: message.arbitration_id == 0x19FEDA8E)
    assert bytes(status.data).hex().upper() == "197C32FCFF0004FF"
    assert runner.coach.dimmers[25].level == 50
    began = time.monotonic()
    runner.stop()
    runner.stop()
    assert time.monotonic() - began < 0.2
    assert not [each for each in threads() if channel in each.name]


def test_foreign_frames_are_passed_over(channel: str, bus: can.BusABC) -> None:
    runner = Runner(channel)
    runner.start()
    try:
        claim = bytes.fromhex("19FFC800FF00FFFF")
        for odd in (
            can.Message(arbitration_id=0x123, is_extended_id=False, data=claim),
            can.Message(arbitration_id=0x19FEDBF9, is_error_frame=True, data=claim),
            can.Message(arbitration_id=0x19FEDBF9, is_remote_frame=True, dlc=8),
            can.Message(arbitration_id=0x19FEDBF9, data=b""),
            can.Message(arbitration_id=0x19EAFFF9, data=b"\xff"),
        ):
            bus.send(odd)
        bus.send(can.Message(arbitration_id=0x18EA8EFE, data=bytes.fromhex("00EE00FFFFFFFFFF")))
        time.sleep(0.1)
        _await(bus, lambda message: message.arbitration_id == 0x18EE008E)
        assert runner.coach is not None
        assert runner.coach.dimmers[25].level == 0
    finally:
        runner.stop()


def test_can_be_started_again(channel: str, bus: can.BusABC) -> None:
    runner = Runner(channel)
    for _ in range(2):
        runner.start()
        _await(bus, lambda message: message.arbitration_id == 0x18EE009C)
        runner.stop()


def test_survives_a_bus_that_fails(
    channel: str, bus: can.BusABC, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = Runner(channel)
    runner.start()
    _await(bus, lambda message: message.arbitration_id == 0x18EE009C)
    with monkeypatch.context() as broken:
        broken.setattr(VirtualBus, "_check_if_open", _fail)
        time.sleep(0.1)
        mended = time.time()
    try:
        _await(bus, lambda message: message.timestamp > mended)
    finally:
        runner.stop()


def _fail(_bus: can.BusABC) -> None:
    raise can.CanOperationError("gone")
