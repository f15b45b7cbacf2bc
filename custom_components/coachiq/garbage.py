"""Python's garbage collector, kept from stopping all threads for long while buses are read.

A full collection of all that Home Assistant consists of took 190 ms on a fast machine, and takes a
second on a Raspberry Pi, in which a socket's buffer overflows and frames are lost. What lasts is
therefore set aside, and the rest is collected in small pieces: Home Assistant leaves some cycles
with each state that it writes, so there is always something to collect.
"""

from datetime import datetime, timedelta
import gc

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

# New objects that bring a young collection, young ones that bring a middle one; a full one comes
# by the clock alone.
PIECES = (1000, 4, 1_000_000)
FULL_INTERVAL = timedelta(seconds=5)
SPARED: HassKey[None] = HassKey("coachiq_spared_collections")


@callback
def async_collect_in_pieces(hass: HomeAssistant) -> None:
    """Collect garbage little by little, until Home Assistant stops."""
    usual = gc.get_threshold()
    gc.set_threshold(*PIECES)

    async def collect(_: datetime) -> None:
        # Not on the loop, whose callbacks are to be short.
        await hass.async_add_executor_job(gc.collect)

    async_track_time_interval(hass, collect, FULL_INTERVAL, cancel_on_shutdown=True)

    @callback
    def stop(_: Event) -> None:
        gc.set_threshold(*usual)

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop)


@callback
def async_spare_collections(hass: HomeAssistant) -> None:
    """Leave what is there now, and again what is there once all has started, out of collections.

    Call it before a bus is open: it takes as long as one collection. It acts once in a process,
    since cycles of what is set aside are never freed.
    """
    if SPARED in hass.data:
        return
    hass.data[SPARED] = None
    # To count what was set aside takes long when there is much.
    if not gc.get_freeze_count():
        _freeze(hass)
        if hass.state is not CoreState.running:
            async_at_started(hass, _freeze)


@callback
def _freeze(_: HomeAssistant) -> None:
    """Collect, and set what is left aside."""
    gc.collect()
    gc.freeze()


@callback
def async_spare_newcomers() -> None:
    """Leave what has come since then out of full collections, too, without one for it."""
    gc.collect(1)
    gc.freeze()
