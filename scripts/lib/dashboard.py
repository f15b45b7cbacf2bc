"""A dashboard of the coach, made from what Home Assistant's registries know at this moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ha_process import HomeAssistant
from ha_websocket import Connection

URL_PATH = "coach-iq"
TITLE = "Coach"

type Card = dict[str, Any]

# What is shown of an area's things, in this order; the rest is on the device pages.
SHOWN_IN_AREAS = ("light", "scene", "switch", "cover", "fan", "lock", "valve")
POWER = ("battery", "voltage", "current", "power")
FEATURES: dict[str, list[Card]] = {
    "light": [{"type": "light-brightness"}],
    "cover": [{"type": "cover-open-close"}],
    "fan": [{"type": "fan-speed"}],
    "climate": [
        {"type": "target-temperature"},
        {"type": "climate-hvac-modes", "style": "icons"},
    ],
    "water_heater": [{"type": "target-temperature"}, {"type": "water-heater-operation-modes"}],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An entity as the dashboard needs to know it."""

    entity_id: str
    name: str
    thing: str
    area: str
    family: str
    device_class: str
    number: bool

    @property
    def domain(self) -> str:
        """The part before the point of the entity id."""
        return self.entity_id.partition(".")[0]

    @property
    def own_name(self) -> str:
        """The name without that of the thing: "Voltage" of "House battery Voltage"."""
        return self.name.removeprefix(self.thing).strip() or self.name


def save_dashboard(ha: HomeAssistant) -> str:
    """Write the dashboard, make it this user's first page, and return its path."""
    with ha.websocket() as ws:
        entities = _entities(ws, ha.states())
        if not any(d["url_path"] == URL_PATH for d in ws.call("lovelace/dashboards/list")):
            ws.call(
                "lovelace/dashboards/create",
                url_path=URL_PATH,
                title=TITLE,
                icon="mdi:rv-truck",
                mode="storage",
            )
        config = {"title": TITLE, "views": [_coach(entities), _power(entities), _trend(entities)]}
        ws.call("lovelace/config/save", url_path=URL_PATH, config=config)
        present = ws.call("frontend/get_user_data", key="core")["value"] or {}
        value = {**present, "default_panel": URL_PATH}
        ws.call("frontend/set_user_data", key="core", value=value)
    return f"/{URL_PATH}"


def _entities(ws: Connection, states: dict[str, Any]) -> list[Shown]:
    """Return the main entities of CoachIQ, by name."""
    areas = {a["area_id"]: a["name"] for a in ws.call("config/area_registry/list")}
    devices = {d["id"]: d for d in ws.call("config/device_registry/list")}
    found = []
    for row in ws.call("config/entity_registry/list"):
        state = states.get(row["entity_id"])
        if row["platform"] != "coachiq" or row["entity_category"] or state is None:
            continue
        device = devices.get(row["device_id"] or "", {})
        attributes = state["attributes"]
        found.append(
            Shown(
                entity_id=row["entity_id"],
                name=attributes.get("friendly_name", row["entity_id"]),
                thing=device.get("name_by_user") or device.get("name") or "",
                # A unique id is bus, family, key and field.
                family=row["unique_id"].split("-")[1],
                area=areas.get(row["area_id"] or device.get("area_id") or "", ""),
                device_class=attributes.get("device_class", ""),
                number="state_class" in attributes,
            )
        )
    return sorted(found, key=lambda entity: entity.name)


def _coach(entities: list[Shown]) -> Card:
    """Return the view with climate, tanks and the things of each area."""
    climate = [e for e in entities if e.domain in {"climate", "water_heater"}]
    tanks = [e for e in entities if _is_level(e)]
    placed = [e for e in entities if e.domain in SHOWN_IN_AREAS]
    areas = sorted({e.area for e in placed}, key=lambda area: (area == "", area))
    sections = [
        _section("Climate", "mdi:thermostat", map(_tile, climate)) | {"column_span": 2},
        _section("Tanks", "mdi:storage-tank", map(_gauge, tanks)),
        *(
            _section(
                area or "Not in an area",
                "mdi:floor-plan",
                [
                    _tile(entity)
                    for domain in SHOWN_IN_AREAS
                    for entity in placed
                    if entity.area == area and entity.domain == domain
                ],
            )
            for area in areas
        ),
    ]
    return _view("Coach", "mdi:rv-truck", sections)


def _power(entities: list[Shown]) -> Card:
    """Return the view with each battery, charger, inverter, generator and power point."""
    things = sorted({e.thing for e in entities if e.device_class in POWER} - {""})
    sections = [
        _section(
            thing,
            "mdi:flash",
            [_tile(e, name=e.own_name) for e in entities if e.thing == thing],
        )
        for thing in things
    ]
    return _view("Power", "mdi:flash", sections)


def _trend(entities: list[Shown]) -> Card:
    """Return the view with the last hour of what is measured."""
    titles = {
        "battery": "State of charge",
        "voltage": "Voltage",
        "current": "Current",
        "temperature": "Temperature",
    }
    curves = {"Tanks": [e.entity_id for e in entities if _is_level(e)]} | {
        title: [e.entity_id for e in entities if e.device_class == key and e.number and _is_main(e)]
        for key, title in titles.items()
    }
    sections = [
        _section(title, "mdi:chart-line", [_graph(curve)])
        for title, curve in curves.items()
        if curve
    ]
    return _view("History", "mdi:chart-line", sections)


def _view(title: str, icon: str, sections: Iterable[Card]) -> Card:
    """Return a view of those sections that have something to show."""
    return {
        "title": title,
        "path": title.lower(),
        "icon": icon,
        "type": "sections",
        "max_columns": 4,
        "dense_section_placement": True,
        "sections": [section for section in sections if len(section["cards"]) > 1],
    }


def _section(title: str, icon: str, cards: Iterable[Card]) -> Card:
    """Return a section under a heading."""
    heading = {"type": "heading", "heading": title, "icon": icon}
    return {"type": "grid", "cards": [heading, *cards]}


def _is_level(entity: Shown) -> bool:
    """Tell whether this is how full a tank is."""
    return entity.family == "tank" and entity.entity_id.endswith("_level")


def _is_main(entity: Shown) -> bool:
    """Tell whether a curve is worth its place: of temperatures only the air's are."""
    return entity.family == "ambient" or entity.device_class != "temperature"


def _tile(entity: Shown, **more: str) -> Card:
    """Return a tile with what its kind of entity can be told to do."""
    return {
        "type": "tile",
        "entity": entity.entity_id,
        "features": FEATURES.get(entity.domain, []),
        "grid_options": {"columns": 12 if entity.domain == "climate" else 6},
        **more,
    }


def _gauge(entity: Shown) -> Card:
    """Return a gauge from 0 to 100."""
    return {
        "type": "gauge",
        "entity": entity.entity_id,
        "name": entity.thing,
        "min": 0,
        "max": 100,
        "grid_options": {"columns": 6},
    }


def _graph(entity_ids: list[str]) -> Card:
    """Return the curves of the last hour, over the whole width of a section."""
    return {
        "type": "history-graph",
        "hours_to_show": 1,
        "entities": entity_ids,
        "grid_options": {"columns": "full"},
    }
