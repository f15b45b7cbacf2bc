"""What DC_DIMMER_COMMAND_2 does to a channel, one row for each code (RV-C 2023-11, 6.24.6)."""

from collections.abc import Callable
from math import inf

from .code import FULL, SCENES, Code, Order, seconds
from .dimmer import RAMP, Dimmer

COMMAND = 0x1FEDB

_MOMENTARY = 0.1
_FLASH_LAPSE = 2.0


def obey(channel: Dimmer, data: bytes, now: float) -> None:
    """Obey 8 bytes of DC_DIMMER_COMMAND_2; a code the channel does not know meets silence."""
    action = _ACTIONS.get(data[3])
    if action is None:
        return
    channel.revision += 1
    if channel.locked and data[3] != Code.UNLOCK:
        return
    channel.last_command = data[3]
    ramp = data[6] / 10 if data[6] <= 250 else None
    action(channel, Order(level=data[2], code=data[3], wait=seconds(data[4]), ramp=ramp), now)


def _at(channel: Dimmer, level: int, order: Order, now: float) -> None:
    if order.wait:
        channel.calm(now)
        channel.later(level, order.ramp, now + order.wait)
    else:
        channel.go(level, order.ramp, now)


def _set_level(channel: Dimmer, order: Order, now: float) -> None:
    level = channel.wanted(order.level)
    if level is not None:
        _at(channel, level, order, now)


def _on_duration(channel: Dimmer, order: Order, now: float) -> None:
    channel.go(FULL, order.ramp, now)
    if channel.pulse is None and order.wait is not None:
        channel.later(0, order.ramp, now + (order.wait or _MOMENTARY))


def _on_delay(channel: Dimmer, order: Order, now: float) -> None:
    _at(channel, FULL, order, now)


def _off_delay(channel: Dimmer, order: Order, now: float) -> None:
    _at(channel, 0, order, now)


def _stop(channel: Dimmer, _order: Order, now: float) -> None:
    off = channel.timed and channel.ramp is None
    channel.calm(now)
    if off:
        channel.hold(0)


def _toggle(channel: Dimmer, order: Order, now: float) -> None:
    level = 0 if channel.aim else channel.wanted(order.level) or channel.dimmed_memory
    channel.go(level, order.ramp, now)


def _memory_off(channel: Dimmer, order: Order, now: float) -> None:
    channel.calm(now)
    channel.master_memory = channel.level or channel.master_memory
    channel.go(0, order.ramp, now)


def _save_scene(channel: Dimmer, order: Order, now: float) -> None:
    if order.level in SCENES:
        channel.scenes[order.level] = channel.ramp.level(now) if channel.ramp else channel.level


def _ramp(channel: Dimmer, level: int, order: Order, now: float) -> None:
    channel.go(level, RAMP if order.ramp is None else order.ramp, now)


def _ramp_level(channel: Dimmer, order: Order, now: float) -> None:
    level = channel.wanted(order.level)
    if level is not None:
        _ramp(channel, level, order, now)


def _ramp_toggle(channel: Dimmer, order: Order, now: float) -> None:
    level = 0 if channel.aim else channel.wanted(order.level) or channel.dimmed_memory
    _ramp(channel, level, order, now)


def _ramp_up(channel: Dimmer, order: Order, now: float) -> None:
    channel.calm(now)
    level = channel.wanted(order.level) or 0
    _ramp(channel, level if level > channel.level else FULL, order, now)


def _ramp_down(channel: Dimmer, order: Order, now: float) -> None:
    channel.calm(now)
    level = channel.wanted(order.level) or 0
    _ramp(channel, level if level < channel.level else 0, order, now)


def _ramp_up_down(channel: Dimmer, order: Order, now: float) -> None:
    channel.calm(now)
    level = 0 if channel.level == FULL else FULL
    channel.go(level, order.ramp or RAMP, now, bounce=True)


def _lock(channel: Dimmer, order: Order, _now: float) -> None:
    channel.locked = order.code == Code.LOCK


def _flash(channel: Dimmer, order: Order, now: float) -> None:
    channel.calm(now)
    channel.flash(now + _FLASH_LAPSE if order.code == Code.FLASH_MOMENTARY else inf)


_ACTIONS: dict[int, Callable[[Dimmer, Order, float], None]] = {
    Code.SET_LEVEL: _set_level,
    Code.ON_DURATION: _on_duration,
    Code.ON_DELAY: _on_delay,
    Code.OFF_DELAY: _off_delay,
    Code.STOP: _stop,
    Code.TOGGLE: _toggle,
    Code.MEMORY_OFF: _memory_off,
    Code.SAVE_SCENE: _save_scene,
    Code.RAMP_LEVEL: _ramp_level,
    Code.RAMP_TOGGLE: _ramp_toggle,
    Code.RAMP_UP: _ramp_up,
    Code.RAMP_DOWN: _ramp_down,
    Code.RAMP_UP_DOWN: _ramp_up_down,
    Code.RAMP_UP_DOWN_TOGGLE: _ramp_toggle,
    Code.LOCK: _lock,
    Code.UNLOCK: _lock,
    Code.FLASH: _flash,
    Code.FLASH_MOMENTARY: _flash,
}
