"""History and long-term statistics in a real recorder, on SQLite and on PostgreSQL."""

from collections.abc import AsyncGenerator, Iterator
import os
from pathlib import Path
import shutil
import subprocess
import tempfile
import time
from typing import Any

from homeassistant.components.recorder.history import state_changes_during_period
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)

from custom_components.coachiq.const import DOMAIN
from custom_components.coachiq.coordinator import CoachConfigEntry

from .conftest import until

ROOT = Path(__file__).parents[2]
# PostgreSQL refuses to run as root.
NOBODY = 65534
LIGHT = "light.bedroom_ceiling_light"
# What an owner looks at over months, by the device class and unit in which it is stored.
WANTED = {
    ("battery", "%"),
    ("current", "A"),
    ("energy", "kWh"),
    ("power", "W"),
    ("temperature", "°C"),
    ("voltage", "V"),
    (None, "%"),
}


def run(command: list[str | Path], **options: Any) -> None:  # noqa: ANN401  # subprocess's
    """Run a command, and fail with what it says."""
    done = subprocess.run(  # noqa: S603  # our own programs
        command, check=False, capture_output=True, text=True, **options
    )
    if done.returncode:
        pytest.fail(f"{command[0]}: {done.stdout}{done.stderr}")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """Return the URL of a PostgreSQL server of our own; without one the test fails and says why."""
    run([ROOT / "scripts/lib/postgres-from-debian", ROOT / ".postgres"])
    (programs,) = (ROOT / ".postgres/usr/lib/postgresql").glob("*/bin")
    (libraries,) = (ROOT / ".postgres/usr/lib").glob("*-linux-*")
    folder = Path(tempfile.mkdtemp(prefix="coachiq-"))
    options: dict[str, Any] = {"env": {**os.environ, "LD_LIBRARY_PATH": str(libraries)}}
    if os.getuid() == 0:
        options |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        os.chown(folder, NOBODY, NOBODY)
    options["cwd"] = folder
    data = folder / "data"
    run(
        [programs / "initdb", "-D", data, "-U", "coach", "-E", "UTF8", "--locale=C", "-A", "trust"],
        **options,
    )
    # Reached by a socket in its folder only.
    command = [programs / "postgres", "-D", data, "-k", folder, "-h", "", "-F"]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stderr=log, **options) as server,  # noqa: S603  # our own
    ):
        deadline = time.monotonic() + 30
        while not (folder / ".s.PGSQL.5432").exists():
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL does not start: {(folder / 'log').read_text()}")
            time.sleep(0.05)
        yield f"postgresql://coach@/postgres?host={folder}"
        server.terminate()
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def recorder_db_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where the recorder writes."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'home-assistant_v2.db'}"
    return str(request.getfixturevalue("postgres"))


@pytest.fixture(autouse=True)
def _our_integration(recorder_mock: object, enable_custom_integrations: None) -> None:
    """Have a recorder before Home Assistant is set up."""


@pytest.fixture
async def coach(hass: HomeAssistant, fixed_address: int) -> AsyncGenerator[CoachConfigEntry]:
    """Return the simulated coach, all of it heard."""
    flow = hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await flow.async_configure(result["flow_id"], {"adapter": "simulator"})
    answers = {"name": "Aspire", "profile": "entegra_aspire_44r_2021", "transmit": True}
    result = await flow.async_configure(result["flow_id"], answers)
    await until(lambda: {measure(hass, one) for one in measured(hass)} >= WANTED, 20)
    yield result["result"]
    await hass.config_entries.async_unload(result["result"].entry_id)


def measured(hass: HomeAssistant) -> list[str]:
    """Return the sensors that have a number and are to have statistics."""
    return [
        state.entity_id
        for state in hass.states.async_all("sensor")
        if "state_class" in state.attributes and state.state not in ("unknown", "unavailable")
    ]


def measure(hass: HomeAssistant, entity_id: str) -> tuple[str | None, str | None]:
    """Return what a sensor measures, and in which unit."""
    attributes = hass.states.get(entity_id).attributes
    return attributes.get("device_class"), attributes.get("unit_of_measurement")


async def test_all_that_is_measured_has_statistics_and_history(
    hass: HomeAssistant, coach: CoachConfigEntry, recorder_db_url: str
) -> None:
    """Rows of five minutes and of the hour, for each sensor; and a light's history."""
    engine = get_instance(hass).dialect_name
    assert engine == recorder_db_url.partition(":")[0]
    begin = dt_util.utcnow()
    await hass.services.async_call(
        "light", "turn_on", {"entity_id": LIGHT, "brightness_pct": 40}, blocking=True
    )
    await until(lambda: hass.states.get(LIGHT).state == "on")
    await hass.services.async_call("light", "turn_off", {"entity_id": LIGHT}, blocking=True)
    await until(lambda: hass.states.get(LIGHT).state == "off")
    await async_wait_recording_done(hass)
    sensors = measured(hass)
    hour = begin.replace(minute=0, second=0, microsecond=0)
    # The last five minutes of an hour are summed up with it.
    do_adhoc_statistics(hass, start=hour.replace(minute=55))
    await async_wait_recording_done(hass)
    for period in ("5minute", "hour"):
        rows = await get_instance(hass).async_add_executor_job(
            statistics_during_period, hass, hour, None, None, period, None, {"mean", "sum", "state"}
        )
        assert set(sensors) <= rows.keys(), period
        for sensor in sensors:
            (row,) = rows[sensor]
            total = hass.states.get(sensor).attributes["state_class"] == "total_increasing"
            assert row["sum" if total else "mean"] is not None, sensor
    found = await get_instance(hass).async_add_executor_job(
        state_changes_during_period, hass, begin, None, LIGHT, False, False, None, False
    )
    assert [state.state for state in found[LIGHT]] == ["on", "off"]
    # Home Assistant keeps no brightness.
    assert found[LIGHT][0].attributes["friendly_name"] == "Ceiling light"
