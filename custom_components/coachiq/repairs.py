"""What an owner can have repaired: an interface that is up, but not as its bus needs it."""

from collections.abc import Mapping

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant

from .bridge_repair import BridgeFlow
from .bus import netlink
from .bus.problem import explain
from .bus_trouble import ForgetFlow
from .const import BUS, CONF_SETTINGS
from .error import AdapterError
from .store import DAMAGED


class InterfaceFlow(RepairsFlow):
    """Sets an interface anew, or takes its bitrate for the bus's, as the owner chooses."""

    def __init__(self, words: Mapping[str, str]) -> None:
        """Take what the issue tells of the bus and its interface."""
        self._words = dict(words)

    async def async_step_init(self, _: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask what to do."""
        choices = ["set_anew"]
        if self._words["problem"] == "interface_bitrate":
            choices.append("keep")
        return self.async_show_menu(
            step_id="init",
            menu_options=choices,
            description_placeholders={**self._words, "bus": self._words["title"]},
        )

    async def async_step_set_anew(self, _: dict[str, str] | None = None) -> RepairsFlowResult:
        """Take the interface down: its bus then brings it up as it needs it."""
        try:
            await self.hass.async_add_executor_job(_take_down, self._words["adapter"])
        except AdapterError as error:
            return self.async_abort(reason=error.key, description_placeholders=error.words)
        return self.async_create_entry(data={})

    async def async_step_keep(self, _: dict[str, str] | None = None) -> RepairsFlowResult:
        """Use the interface at the bitrate that it has."""
        entry = self.hass.config_entries.async_get_known_entry(self._words["entry"])
        for bus in entry.get_subentries_of_type(BUS):
            if bus.unique_id == self._words["bus"]:
                settings = {**bus.data[CONF_SETTINGS], "bitrate": int(self._words["present"])}
                self.hass.config_entries.async_update_subentry(
                    entry, bus, data={**bus.data, CONF_SETTINGS: settings}
                )
        return self.async_create_entry(data={})


def _take_down(interface: str) -> None:
    """Take an interface down; blocking. Raises AdapterError."""
    try:
        netlink.take_down(interface)
    except OSError as error:
        raise explain(error, interface) from error


async def async_create_fix_flow(
    _: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow of an issue: of a bus, of two, of one that is gone, or of damage."""
    if issue_id.startswith(DAMAGED):
        return ConfirmRepairFlow()
    words = {name: str(value) for name, value in (data or {}).items()}
    if "forgotten" in words:
        return ForgetFlow(words["entry"])
    if "other" in words:
        return BridgeFlow(words["entry"], (words["one"], words["other"]))
    return InterfaceFlow(words)
