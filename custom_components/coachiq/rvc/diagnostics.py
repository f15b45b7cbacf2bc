"""What the numbers of faults and alarms mean, in words, from diagnostics.json."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from .form import labels, optional
from .reading import Entry, Place, document, entry, items, known, text, whole

type Protocol = Literal["rvc", "j1939"]

VERSION = 1
_OWN = Path(__file__).parent / "diagnostics.json"
# SPNs below are those that every device has; they have no instance (RV-C 3.2.5.7, 2023-11).
_FIRST_OF_DEVICE = 256
# An SPN without the middle byte, where the instance is.
_INSTANCE_OUT = 0x7F807


@dataclass(frozen=True, slots=True, kw_only=True)
class Spn:
    """What a fault is about; None is not known.

    `instanced`: the middle byte of the SPN is an instance of `of` (None: of the device), and
    `places` names some of them. `other` is what else the number may mean, `doubt` says why.
    """

    label: str | None
    instanced: bool = False
    of: str | None = None
    places: Mapping[int, str] = MappingProxyType({})
    other: str | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What an alarm of a device says; `other` is a second meaning that the specification has."""

    label: str
    other: str | None
    doubt: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A type of device (RV-C Table 7.2, 2023-11) with its tables.

    `dsas` are its addresses, `reported` is the one that its DM_RV carries, under the name
    `reported_as`; both first and last of `dynamic_range` are in it. `doubt` is about its SPNs.
    """

    name: str
    reported_as: str
    dsas: tuple[int, ...]
    reported: int | None
    dynamic_range: tuple[int, int] | None
    spns: Mapping[int, Spn]
    alarms: Mapping[int, Alarm]
    doubt: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A fault or an alarm in words; None is not known or not said.

    "water heater 2: burner, above normal" is `device`, `instance`, `what` and `how`. The instance
    is one of `of` (None: of the device), known as `place`.
    """

    device: str | None = None
    instance: int | None = None
    of: str | None = None
    place: str | None = None
    what: str | None = None
    how: str | None = None
    other: str | None = None
    doubt: str | None = None


class Diagnostics:
    """All tables, by the numbers that are on the bus."""

    def __init__(
        self,
        devices: tuple[Device, ...],
        standard: Mapping[int, str],
        fmis: Mapping[Protocol, Mapping[int, str]],
        alarm_ranges: Mapping[str, range],
    ) -> None:
        self.devices = devices
        self.standard = standard
        self.fmis = fmis
        self._alarm_ranges = alarm_ranges
        self._by_dsa = {dsa: device for device in devices for dsa in device.dsas}

    def device(self, dsa: int | None) -> Device | None:
        """Return the type of device with this default source address."""
        return None if dsa is None else self._by_dsa.get(dsa)

    def spn(self, dsa: int | None, spn: int) -> Spn | None:
        """Return what the 19-bit SPN of a DM_RV means; None if no table has it.

        Standard SPNs come first and are never instanced. A number with an MSB of 0 is of the whole
        node and must be there as it is; any other may be, or without its instance (3.2.5.7).
        """
        device = self.device(dsa)
        exact = device.spns.get(spn) if device else None
        base = device.spns.get(spn & _INSTANCE_OUT) if device else None
        if spn < _FIRST_OF_DEVICE:
            # The step's table has instances here all the same: which is meant cannot be told.
            label = self.standard.get(spn)
            if base is not None:
                return Spn(label=label, other=base.label, doubt=base.doubt)
            return None if label is None else Spn(label=label)
        if exact is not None:
            return exact
        return base if spn >> 11 else None

    def fault(self, dsa: int | None, spn: int, fmi: int) -> Words:
        """Return words for the SPN and the FMI of a DM_RV."""
        device, about = self.device(dsa), self.spn(dsa, spn) or Spn(label=None)
        instance = instance_of(spn) if about.instanced else None
        return Words(
            device=device.reported_as if device else None,
            instance=instance,
            of=about.of,
            place=None if instance is None else about.places.get(instance),
            what=about.label,
            how=self.fmis["rvc"].get(fmi),
            other=about.other,
            doubt=about.doubt or (device.doubt if device and spn >= _FIRST_OF_DEVICE else None),
        )

    def chassis_fault(self, what: str | None, fmi: int) -> Words:
        """Return words for a DM1, whose SPNs are not in these tables."""
        return Words(what=what, how=self.fmis["j1939"].get(fmi))

    def alarm(self, dsa: int, instance: int) -> Words:
        """Return words for the DSA and the instance of GENERIC_ALARM_STATUS (6.47.1 and 7.6)."""
        if dsa in self._alarm_ranges["generic"]:
            return Words(device="generic")
        if (device := self.device(dsa)) is None:
            return Words()
        if (alarm := device.alarms.get(instance)) is not None:
            return Words(device=device.name, what=alarm.label, other=alarm.other, doubt=alarm.doubt)
        proprietary = instance in self._alarm_ranges["proprietary"]
        return Words(device=device.name, what="proprietary" if proprietary else None)


def instance_of(spn: int) -> int | None:
    """Return the instance in an SPN that has one: 0 is all, above 250 there are none."""
    instance = spn >> 3 & 0xFF
    return instance if instance <= 250 else None


def load_diagnostics(path: Path = _OWN) -> Diagnostics:
    """Read the tables; blocking. Raises SpecError."""
    whole_file, place = document(path, VERSION)
    known(
        whole_file,
        {
            "version", "revision", "note", "devices", "standard", "fmis", "faults", "alarms",
            "alarm_ranges",
        },
        place,
    )  # fmt: skip
    spns = {
        name: _spns(groups, place.at(f"faults of {name}"))
        for name, groups in entry(whole_file.get("faults", {}), place).items()
    }
    alarms = {
        name: _alarms(table, place.at(f"alarms of {name}"))
        for name, table in entry(whole_file.get("alarms", {}), place).items()
    }
    devices = tuple(
        _device(item, spns, alarms, place) for item in items(whole_file.get("devices"), place)
    )
    seen: set[int] = set()
    for device in devices:
        if twice := seen.intersection(device.dsas):
            raise place.at(device.name).error(f"DSA {min(twice)} is that of another device")
        seen.update(device.dsas)
    at = place.at("standard")
    standard = labels(entry(whole_file.get("standard"), at), 8, at)
    fmis = _fmis(whole_file.get("fmis"), place.at("fmis"))
    return Diagnostics(devices, standard, fmis, _ranges(whole_file, place.at("alarm_ranges")))


def _ranges(of_file: Entry, place: Place) -> Mapping[str, range]:
    """Return which alarm instances are proprietary, and which DSAs of alarms are no device's."""
    of = entry(of_file.get("alarm_ranges"), place)
    known(of, {"proprietary", "generic"}, place)
    ends = {name: _ends(of, name, place) for name in ("proprietary", "generic")}
    return {name: range(first, last + 1) for name, (first, last) in ends.items()}


def _fmis(value: object, place: Place) -> Mapping[Protocol, Mapping[int, str]]:
    """Return the FMIs of each protocol, those that both have included."""
    of = entry(value, place)
    known(of, {"both", "rvc", "j1939"}, place)
    both, rvc, j1939 = (
        labels(entry(of.get(name), place.at(field=name)), 5, place.at(field=name))
        for name in ("both", "rvc", "j1939")
    )
    return {"rvc": both | rvc, "j1939": both | j1939}


def _spns(groups: object, place: Place) -> Mapping[int, Spn]:
    """Return the SPNs of a table, each with what its group says of it."""
    found: dict[int, Spn] = {}
    for item in items(groups, place):
        group = entry(item, place)
        known(group, {"section", "instanced", "of", "places", "note", "doubt", "spns"}, place)
        instanced = group.get("instanced")
        if not isinstance(instanced, bool):
            raise place.error("'instanced' is not true or false")
        places = {0: "all"} | labels(entry(group.get("places", {}), place), 8, place)
        about = Spn(
            label=None,
            instanced=instanced,
            of=optional(group, "of", place),
            places=MappingProxyType(places if instanced else {}),
            doubt=optional(group, "doubt", place),
        )
        for spn, label in labels(entry(group.get("spns"), place), 19, place).items():
            if spn in found:
                raise place.error(f"SPN {spn} is there twice")
            if instanced and spn & ~_INSTANCE_OUT:
                raise place.error(f"SPN {spn} has an instance in it")
            found[spn] = replace(about, label=label)
    return MappingProxyType(found)


def _alarms(value: object, place: Place) -> Mapping[int, Alarm]:
    table = entry(value, place)
    known(table, {"section", "note", "doubt", "doubts", "others", "instances"}, place)
    doubt = optional(table, "doubt", place)
    names, others, doubts = (
        labels(entry(table.get(key, {}), place), 8, place)
        for key in ("instances", "others", "doubts")
    )
    if unknown := sorted((others.keys() | doubts.keys()) - names.keys()):
        raise place.error(f"nothing is said of instance {unknown[0]}")
    return MappingProxyType(
        {
            instance: Alarm(
                label=label, other=others.get(instance), doubt=doubts.get(instance, doubt)
            )
            for instance, label in names.items()
        }
    )


def _device(
    value: object,
    spns: Mapping[str, Mapping[int, Spn]],
    alarms: Mapping[str, Mapping[int, Alarm]],
    place: Place,
) -> Device:
    item = entry(value, place)
    name = text(item, "name", place)
    place = place.at(name)
    known(
        item,
        {
            "name", "reported_as", "dsas", "reports", "range", "faults", "alarms", "note", "doubt",
        },
        place,
    )  # fmt: skip
    dsas = _addresses(item, "dsas", place) if "dsas" in item else ()
    return Device(
        name=name,
        reported_as=optional(item, "reported_as", place) or name,
        dsas=dsas,
        reported=whole(item, "reports", place) if "reports" in item else next(iter(dsas), None),
        dynamic_range=_ends(item, "range", place) if "range" in item else None,
        spns=_table(item, "faults", spns, place),
        alarms=_table(item, "alarms", alarms, place),
        doubt=optional(item, "doubt", place),
    )


def _table[T](
    of: Entry, key: str, tables: Mapping[str, Mapping[int, T]], place: Place
) -> Mapping[int, T]:
    """Return the table that a device names under a key, an empty one if it names none."""
    if (name := optional(of, key, place)) is None:
        return MappingProxyType({})
    if name not in tables:
        raise place.error(f"there are no {key} of {name!r}")
    return tables[name]


def _addresses(of: Entry, key: str, place: Place) -> tuple[int, ...]:
    listed = items(of.get(key), place.at(field=key))
    found = tuple(one for one in listed if type(one) is int and 0 <= one <= 0xFF)
    if not found or len(found) != len(listed):
        raise place.error(f"{key!r} is not a list of numbers of 8 bits")
    return found


def _ends(of: Entry, key: str, place: Place) -> tuple[int, int]:
    ends = _addresses(of, key, place)
    if len(ends) != 2 or ends[0] > ends[1]:
        raise place.error(f"{key!r} is not first and last")
    return ends[0], ends[1]
