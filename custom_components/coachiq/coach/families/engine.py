"""The chassis as J1939 tells of it, on a bus of its own: engine, brakes, transmission, fuel."""

from .row import Family, Reading, same

CHASSIS: tuple[Family, ...] = (
    Family(
        key="engine",
        feeds={
            "CCVS1": (
                Reading(name="park_brake", field="parking_brake"),
                Reading(name="vehicle_speed", field="wheel_speed"),
                Reading(name="brake_pedal", field="brake_switch"),
            ),
            "EEC1": same("engine_speed"),
            "EEC2": same("engine_load"),
            "ET1": same("coolant_temperature"),
            "EFL_P1": same("oil_pressure", "coolant_level"),
            "VEP1": (Reading(name="voltage", field="battery_voltage"),),
            "HOURS": same("engine_hours"),
            "VDHR": (Reading(name="odometer", field="total_distance"),),
            "DD1": (
                Reading(name="fuel_level", field="fuel_level_1"),
                Reading(name="fuel_level_2", field="fuel_level_2"),
            ),
            "LFE1": same("fuel_rate"),
            "AMB": same("ambient_temperature"),
            "TRF1": (
                Reading(name="transmission_temperature", field="transmission_oil_temperature"),
            ),
            "AT1T1I1": same("def_level"),
            "AIR1": same("brake_air_pressure_1", "brake_air_pressure_2"),
        },
        lowest=0,
        timed=frozenset(("CCVS1",)),
    ),
)
