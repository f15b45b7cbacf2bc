"""What moves: awnings, slide-out rooms, shades, steps, lifts, and motors of any kind."""

from .row import Derived, Family, Reading, flag, same

CORNERS = ("left_front", "right_front", "left_rear", "right_rear")
_LOCKOUTS = ("ignition_key_lockout", "low_voltage_lockout", "user_lock")

MOVEMENT: tuple[Family, ...] = (
    Family(
        key="awning",
        feeds={
            "AWNING_STATUS": (
                *same(
                    "motion", "position", "parked_lockout", "generic_lockout", *_LOCKOUTS,
                ),
                Reading(name="light", field="awning_light"),
                Reading(name="light_level", field="awning_light_level"),
                *same("secondary_light", "secondary_light_level"),
            )
        },
        derived=tuple(
            Derived(name=f"{light}_on", inputs=(light,), work_out=flag(light, "on"))
            for light in ("light", "secondary_light")
        ),
        names={(1,): "patio_awning"},
    ),
    Family(
        key="slide",
        feeds={
            "SLIDE_STATUS": same(
                "motion", "position", "park_brake_lockout", "leveling_jacks_lockout",
                "air_seal_lockout", *_LOCKOUTS,
            )
        },
    ),
    Family(
        key="shade",
        feeds={"WINDOW_SHADE_CONTROL_STATUS": same("forward", "reverse", "lock", "overcurrent")},
    ),
    Family(
        key="motor",
        feeds={"DC_MOTOR_CONTROL_STATUS": same("forward", "reverse", "lock", "overcurrent")},
    ),
    Family(
        key="step",
        feeds={
            "STEP_STATUS": (
                Reading(name="mode", field="operating_mode"),
                *same("motion", "position", "obstruction_bottom", "obstruction_front_face"),
            )
        },
    ),
    Family(
        key="tv_lift",
        feeds={
            "TV_LIFT_STATUS": same(
                "motion", "position", "parked_lockout", "generic_lockout",
                "overcurrent", *_LOCKOUTS,
            )
        },
    ),
    Family(
        key="leveling",
        feeds={
            "LEVELING_CONTROL_STATUS": (
                Reading(name="mode", field="operating_mode"),
                *same(
                    "excessive_slope_initial_warning", "master_warning", "park_brake_lockout",
                    "other_lockout", "ignition_key_lockout", "low_voltage_lockout",
                ),
                *(
                    Reading(name=f"{way}_{corner}", field=f"{way}_or_{bag}_{corner}")
                    for way, bag in (("extending", "filling"), ("retracting", "dumping"))
                    for corner in CORNERS
                ),
            ),
            "LEVELING_JACK_STATUS": same(
                "jack_count", *(f"extension_{corner}" for corner in CORNERS)
            ),
        },
        lowest=0,
        timed=frozenset(("LEVELING_CONTROL_STATUS",)),
    ),
)  # fmt: skip
