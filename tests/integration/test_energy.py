"""What the Energy dashboard asks of a sensor before it takes it."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .conftest import Peer

POWER = ("power", "measurement", "W")
ENERGY = ("energy", "total_increasing", "kWh")
CASES = {
    "sensor.solar_controller_1_energy": ("19FE8280#01FFFFD2040000FF", ENERGY),
    "sensor.solar_controller_1_power": ("19FEB380#010E01907EFF03FF", POWER),
    "sensor.solar_controller_1_array_power": ("19FDFF80#012003A07DFFFFFF", POWER),
    "sensor.house_battery_power": ("19FFFD45#0178FA0080CC3677", POWER),
    "sensor.shore_power_line_1_power": ("19FEB980#11FFA005FFFFFFFF", POWER),
    "sensor.generator_output_line_1_power": ("19FFDD80#11FFA005FFFFFFFF", POWER),
}


@pytest.mark.parametrize("entity", CASES)
async def test_the_energy_dashboard_accepts_it(
    hass: HomeAssistant, listener: MockConfigEntry, peer: Peer, entity: str
) -> None:
    frame, asked = CASES[entity]
    await peer.appear(frame)
    attributes = hass.states.get(entity).attributes
    names = ("device_class", "state_class", "unit_of_measurement")
    assert tuple(attributes.get(name) for name in names) == asked
