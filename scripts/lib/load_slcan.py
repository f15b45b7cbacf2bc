"""What scripts/bench slcan does: CPU a frame of our reader beside python-can's, each over a pty."""

import asyncio
import os
import pty
import subprocess
import sys
import time
import tty

from alone import without_home_assistant
import can
from load_figure import Figure

without_home_assistant()

from custom_components.coachiq.bus.codec.slcan import SlcanCodec  # noqa: E402
from custom_components.coachiq.bus.port import BATCH, DescriptorPort  # noqa: E402
from custom_components.coachiq.bus.serial_device import SerialDevice  # noqa: E402

MOST_US = 5.0
FRAMES = 20_000
ROUNDS = 3
LINE = b"T19FEDA8A8247CC8FCFF0504FF\r"
# What writes the lines, as fast as they are taken, in pieces as a USB adapter delivers them.
WRITER = f"""
import os, sys
for _ in range({FRAMES // 2}):
    os.write(int(sys.argv[1]), {LINE * 2!r})
"""


def _writer(master: int) -> subprocess.Popen[bytes]:
    """Begin to write frames to a pty."""
    return subprocess.Popen([sys.executable, "-c", WRITER, str(master)], pass_fds=[master])


async def _ours(path: str, master: int) -> float:
    """Return the seconds of thread time that our reader takes for a frame."""
    done = asyncio.get_running_loop().create_future()
    count = 0

    def heard(frames: list[tuple[int, bytes]]) -> None:
        nonlocal count
        count += len(frames)
        if count >= FRAMES and not done.done():
            done.set_result(None)

    port = DescriptorPort(SerialDevice(path, 115_200), SlcanCodec())
    port.start(heard, done.set_exception)
    before = time.thread_time()
    writer = _writer(master)
    await done
    took = time.thread_time() - before
    port.stop()
    port.close()
    writer.wait()
    return took / FRAMES


def _python_cans(path: str, master: int) -> float:
    """Return the seconds of thread time that python-can's reader takes for a frame."""
    # It writes its settings and waits; the frames must not come before that is over.
    with can.Bus(interface="slcan", channel=path, bitrate=250_000, sleep_after_open=0) as bus:
        before = time.thread_time()
        writer = _writer(master)
        for _ in range(FRAMES):
            if bus.recv(5) is None:
                raise RuntimeError("python-can lost a frame")
        took = time.thread_time() - before
        writer.wait()
    return took / FRAMES


def main() -> int:
    """Print the table; return 1 when our reader passes its limit."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        for reader in ("ours", "python-can's"):
            master, slave = pty.openpty()
            tty.setraw(slave)
            path = os.ttyname(slave)
            if reader == "ours":
                ours.append(asyncio.run(_ours(path, master)))
            else:
                theirs.append(_python_cans(path, master))
            os.close(master)
            os.close(slave)
    figure = Figure(
        name="slcan, reading included", value=min(ours) * 1e6, unit="us CPU", most=MOST_US,
        beside=f"python-can {min(theirs) * 1e6:.1f}; best of {ROUNDS} rounds of {FRAMES:,} frames,"
        f" turns of {BATCH}",
    )  # fmt: skip
    print(figure)
    return int(not figure.is_within)


if __name__ == "__main__":
    sys.exit(main())
