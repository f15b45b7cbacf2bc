"""Processes that are killed at any moment, and what the next start makes of what they leave."""

import json
from multiprocessing import get_context
from pathlib import Path
import random
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING, cast

from alone import ROOT

sys.path.insert(0, str(ROOT))

from churn import ENTRY, THINGS, Found, churn
from demo import DOMAIN, SIMULATED_COACH
from ha_process import HomeAssistant, ProcessError, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

# A process is killed at most so many seconds after it has begun, and a Home Assistant after it was
# told to write.
LATEST = 0.4
LATEST_OF_ALL = 1.0
LIGHT = "light.bedroom_ceiling_light"


def kill_stores(count: int) -> str:
    """Kill so many processes that only write; raises when one loses or tears what it has said."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["killing"])
    chance = random.Random(20261)  # noqa: S311  # moments, not secrets
    level, torn, written = 0.0, 0, 0
    with tempfile.TemporaryDirectory() as name:
        storage = Path(name) / ".storage"
        for number in range(count):
            receive, send = context.Pipe(duplex=False)
            process = context.Process(target=churn, args=(Path(name), send))
            process.start()
            send.close()
            found = cast(Found, receive.recv())
            if level or found.things:
                _check(found, level, f"process {number}")
            time.sleep(chance.uniform(0, LATEST))
            process.kill()
            process.join()
            told = list(_rest(receive))
            written += len(told)
            level = max([level, *(one for one in found.levels if one), *told])
            # What a write had under way when it ended.
            for rest in storage.glob("tmp*"):
                torn += 1
                rest.unlink()
            if aside := list(storage.glob(f"{DOMAIN}.{ENTRY}.*")):
                raise AssertionError(f"process {number} found a damaged file: {aside}")
    return f"{count} processes killed, {torn} amid one of {written:,} writes, all consistent"


def _check(found: Found, level: float, which: str) -> None:
    """Raise unless all things are there, all with the last level that was told, or the next."""
    if found.things != THINGS:
        raise AssertionError(f"{which} found {found.things} things")
    if len(found.levels) != 1 or found.levels[0] not in (level, level + 1):
        raise AssertionError(f"{which} found the levels {found.levels} after {level}")


def _rest(pipe: Connection) -> Iterator[float]:
    """Return what a process has told before its end."""
    try:
        while True:
            yield pipe.recv()
    except EOFError:
        return


def kill_home_assistant(count: int) -> str:
    """Kill so many Home Assistants while they write; raises when a coach is another afterwards."""
    chance = random.Random(20262)  # noqa: S311  # moments, not secrets
    with tempfile.TemporaryDirectory() as name, HomeAssistant(Path(name) / "config") as ha:
        entry = ha.add_integration(DOMAIN, SIMULATED_COACH)
        ha.wait_state(LIGHT, "off", seconds=30)
        lights = _settled(ha)
        for number in range(count):
            percent = float(10 + number % 90)
            ha.act("light.turn_on", LIGHT, brightness_pct=percent)
            ha.wait_state(LIGHT, "on", seconds=30)
            _kill_amid_writing(ha, entry, chance.uniform(0, LATEST_OF_ALL))
            stored = ha.config_dir / ".storage" / f"{DOMAIN}.{entry}"
            # The first write of all may be the one that was cut off.
            if stored.exists():
                json.loads(stored.read_text(encoding="utf-8"))
            ha.start()
            _check_coach(ha, entry, lights)
    return f"{count} Home Assistants killed, the coach the same after each"


def _kill_amid_writing(ha: HomeAssistant, entry: str, after: float) -> None:
    """Have what was learnt written, by setting the coach up again, and kill so many seconds on."""

    def reload() -> None:
        try:
            ha.post(f"/api/config/config_entries/entry/{entry}/reload")
        except ProcessError:
            return

    reloading = threading.Thread(target=reload)
    reloading.start()
    time.sleep(after)
    process, ha.process = ha.process, None
    if process is None:
        raise ProcessError("Home Assistant does not run")
    process.kill()
    process.wait()
    reloading.join()


def _check_coach(ha: HomeAssistant, entry: str, lights: set[str]) -> None:
    """Raise unless the coach is set up as it was, and nothing is said of damage."""
    (found,) = ha.entries(DOMAIN)
    if (found["entry_id"], found["state"]) != (entry, "loaded"):
        raise AssertionError(f"the entry is {found}")
    with ha.websocket() as ws:
        issues = [
            one for one in ws.call("repairs/list_issues")["issues"] if one["domain"] == DOMAIN
        ]
    if issues or ha.problems():
        raise AssertionError(f"{issues} {ha.problems()}")
    try:
        wait_for(lambda: lights <= _heard(ha), "the lights to be heard again", 30)
    except ProcessError as error:
        raise AssertionError(f"{error}: {lights - _heard(ha)} of {ha.states('light.')}") from error


def _heard(ha: HomeAssistant) -> set[str]:
    """Return the lights whose state the bus has told."""
    states = ha.states("light.").items()
    return {light for light, state in states if state["state"] in {"on", "off"}}


def _settled(ha: HomeAssistant) -> set[str]:
    """Return the lights, once two looks find the same ones, all heard."""
    seen: list[set[str]] = [set()]

    def same() -> bool:
        seen.append(_heard(ha))
        time.sleep(0.5)
        return bool(seen[-1]) and seen[-1] == seen[-2]

    wait_for(same, "the lights to be all there", 30)
    return seen[-1]


def kill(count: int) -> str:
    """Kill so many processes that write, and a Home Assistant for each 20 of them."""
    return f"{kill_stores(count)}; {kill_home_assistant(max(1, count // 20))}"
