"""Python's garbage collector, kept from looking through all of Home Assistant while buses are read.

A full collection stops every thread: 190 ms were measured on a fast machine, and a Raspberry Pi
takes a second, in which a socket's buffer overflows and frames are lost.
"""

import gc

from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started


@callback
def async_spare_collections(hass: HomeAssistant) -> None:
    """Leave what is there now, and again what is there once all has started, out of collections.

    Call it before a bus is open: it takes as long as one collection. It acts once in a process,
    since cycles of what is set aside are never freed.
    """
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
def async_spare_newcomers(_: object) -> None:
    """Leave what has come since then out of full collections, too, without one for it."""
    if gc.get_freeze_count():
        gc.collect(1)
        gc.freeze()
