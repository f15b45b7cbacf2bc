"""The demo: a real Home Assistant with a simulated coach, until Ctrl-C."""

import argparse
import contextlib
import json
import os
from pathlib import Path
import shutil
import signal
import sys
import time
from typing import Any, NoReturn

from dashboard import save_dashboard
from ha_process import ROOT, HomeAssistant, ProcessError, is_running, wait_for
import replaying

# The tests have one of their own.
DEMO = Path(os.environ.get("COACHIQ_DEMO", ROOT / ".demo"))
REPORT = DEMO / "report"
PID_FILE = DEMO / "demo.pid"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
USERNAME = PASSWORD = "demo"  # noqa: S105 - printed for everyone who sits at this machine
DOMAIN = "coachiq"

# What an owner would answer in the config flow, by step.
SIMULATED_COACH: dict[str, dict[str, Any]] = {
    "user": {"adapter": "simulator"},
    "coach": {
        "name": "Entegra Aspire",
        "profile": "entegra_aspire_44r_2021",
        "transmit": True,
    },
}

# The model of the simulated coach, and a group and a scene that its lights have besides.
MODEL = ROOT / "custom_components/coachiq/coach/profiles/entegra_aspire_44r_2021.yaml"
SIMULATED_MODEL = "own:simulated"
INSIDE = [*range(25, 36), *range(37, 40), *range(41, 44), *range(45, 48)]
ENSEMBLES = f"""\
groups:
  1: {{name: Inside lights, area: Living room, members: {INSIDE}}}
scenes:
  1: {{name: Evening, area: Living room, group: 1}}
"""

# For so long a report is played; reloading CoachIQ plays it again.
REPORT_MINUTES = 60
WELCOME_TO_REPORT = """
  The coach of {report}, without its secrets, for {minutes} minutes:

  http://localhost:{port}/config/integrations/integration/coachiq
  user demo, password demo

  API token: .demo/report/token    log: .demo/report/hass.log
  Ctrl-C, or scripts/demo --stop from elsewhere, ends it.
"""

WELCOME = """
  {lights} lights and the rest of a simulated coach, after {seconds:.0f} s:

  http://localhost:{port}{page}
  user demo, password demo

  API token: .demo/token    log: .demo/hass.log
  Ctrl-C, or scripts/demo --stop from elsewhere, ends it.
"""


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8123, help="default: %(default)s")
    parser.add_argument(
        "--diagnostics",
        type=Path,
        metavar="FILE",
        help="show the coach of a diagnostics file instead of the simulated one",
    )
    parser.add_argument("--stop", action="store_true", help="stop the demo that is running")
    arguments = parser.parse_args()
    try:
        if arguments.stop:
            return stop()
        return run(arguments.port, arguments.diagnostics)
    except (ProcessError, ValueError) as error:
        print(f"scripts/demo: {error}", file=sys.stderr)
        return 1


def run(port: int, report: Path | None = None) -> int:
    """Start, set up what is missing, and stay until a signal comes."""
    if running():
        raise ProcessError("already running; scripts/demo --stop ends it")
    for number in SIGNALS:
        signal.signal(number, interrupt)
    answers = write_model(DEMO)
    folder = REPORT if report else DEMO
    ha = HomeAssistant(folder, port=port, username=USERNAME, password=PASSWORD)
    if report:
        prepare(ha, report)
    PID_FILE.write_text(str(os.getpid()), encoding="utf-8")
    begin = time.monotonic()
    print("Starting Home Assistant ...", flush=True)
    try:
        with ha:
            if report:
                text = WELCOME_TO_REPORT.format(report=report, minutes=REPORT_MINUTES, port=port)
                print(text, flush=True)
                wait(ha)
            if not ha.entries(DOMAIN):
                ha.add_integration(DOMAIN, answers)
            lights = wait_for(lambda: settled_lights(ha), "the coach's lights", 60)
            page = save_dashboard(ha)
            seconds = time.monotonic() - begin
            print(WELCOME.format(lights=lights, seconds=seconds, port=port, page=page), flush=True)
            wait(ha)
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
    finally:
        PID_FILE.unlink(missing_ok=True)
    return 0


def write_model(config: Path) -> dict[str, dict[str, Any]]:
    """Write the simulated coach's own model into a configuration; return what its owner answers."""
    profiles = config / DOMAIN / "profiles"
    profiles.mkdir(parents=True, exist_ok=True)
    model = MODEL.read_text(encoding="utf-8")
    profiles.joinpath("simulated.yaml").write_text(model + ENSEMBLES, encoding="utf-8")
    coach = {**SIMULATED_COACH["coach"], "profile": SIMULATED_MODEL}
    return {**SIMULATED_COACH, "coach": coach}


def prepare(ha: HomeAssistant, report: Path) -> None:
    """Begin anew with the coach of a report; raises ValueError when it is none."""
    told = replaying.read(report)
    shutil.rmtree(REPORT, ignore_errors=True)
    REPORT.mkdir(parents=True)
    played = replaying.write(told, "report", REPORT, REPORT_MINUTES)
    entries = replaying.entries(told, played)
    ha.store("core.config_entries", entries, version=1, minor_version=5)


def wait(ha: HomeAssistant) -> NoReturn:
    """Stay until Home Assistant ends, which is an error."""
    if ha.process:
        ha.process.wait()
    raise ProcessError(f"Home Assistant ended by itself; see {ha.log_path}")


def settled_lights(ha: HomeAssistant) -> int:
    """Return how many lights the coach has, once nothing new has appeared for four seconds."""

    def lights() -> int:
        return sum(state["state"] in {"on", "off"} for state in ha.states("light.").values())

    before = (len(ha.states()), lights())
    for _ in range(4):
        time.sleep(1)
        if (len(ha.states()), lights()) != before:
            return 0
    return before[1]


def interrupt(number: int, _frame: object) -> None:
    """Leave what is being done, once: what stops Home Assistant is not to be interrupted."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt(number)


def running() -> list[int]:
    """Return the demo's processes that run: this script's, then Home Assistant's."""
    pids = []
    with contextlib.suppress(OSError, ValueError):
        pid = int(PID_FILE.read_text(encoding="utf-8"))
        if is_running(pid, "scripts/lib/demo.py"):
            pids.append(pid)
    for folder in (DEMO, REPORT):
        with contextlib.suppress(OSError, ValueError, KeyError):
            # Home Assistant's own note, left behind when it ends.
            pid = json.loads((folder / ".ha_run.lock").read_text(encoding="utf-8"))["pid"]
            if is_running(pid, str(folder)):
                pids.append(pid)
    return pids


def stop() -> int:
    """Stop the demo that runs, and what a killed one has left; returns when all is gone."""
    if not (pids := running()):
        print("The demo is not running.")
        return 0
    # The script stops its Home Assistant; without the script that has to be told itself.
    os.kill(pids[0], signal.SIGTERM)
    wait_for(lambda: not running(), "the demo to stop", 45)
    print("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
