"""A candump -L recording, in its own timing."""

from custom_components.coachiq.simulator.replay import Replay

_LOG = """\
(1650525067.000000) can0 19FFBC44#0100FA0001FF0000
(1650525067.001000) can0 19FFBD80#0100C80000000000
not a line
(1650525067.002000) can0 123#00
(1650525067.003000) can0 19FFBD80#R
(1650525067.004000) can0 20000080#00000000000000
(1650525069.000000) can0 19FFFC80#0178FF7FFFFFFF T
"""


def test_frames_come_when_they_came() -> None:
    replay = Replay(_LOG.splitlines(keepends=True), start=50.0)
    first = (0x19FFBC44, bytes.fromhex("0100FA0001FF0000"))
    assert replay.step(49.9) == []
    assert replay.step(50.0) == [first]
    assert replay.step(51.9) == [(0x19FFBD80, bytes.fromhex("0100C80000000000"))]
    replay.receive(*first, now=51.9)
    assert replay.step(52.0) == [(0x19FFFC80, bytes.fromhex("0178FF7FFFFFFF"))]
    assert replay.step(1e9) == []


def test_empty_recording() -> None:
    assert Replay([], start=0.0).step(1.0) == []
