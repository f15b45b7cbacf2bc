"""Frames of which no capture is published: by the layouts of RV-C, 2023-11; each said once more."""

# Frame, and what must be shown.
LAYOUTS: dict[str, tuple[str, dict[str, str]]] = {
    "criterion of a voltage": (
        "19FEFE80#01F50001F00014FF",
        {
            "binary_sensor.generator_criterion_1": "on",
            "sensor.generator_criterion_1_criterion": "dc_voltage",
        },
    ),
    "an awning whose light is on, and whose second is off": (
        "19FEF380#010000FF00F164FF",
        {"light.patio_awning_light": "on", "light.patio_awning_second_light": "off"},
    ),
    "a key's only lamp": (
        "19FED784#0BFFC8FFFFFD02FF",
        {"light.indicator_11": "on", "select.indicator_11_lamps": "only_led_1_on"},
    ),
    "a key's two lamps": (
        "19FED784#0BFF64FFFFF403FF",
        {"light.indicator_11": "on", "select.indicator_11_lamps": "only_led_2_on"},
    ),
    "a key whose lamps are off": (
        "19FED784#0BFFC8FFFFF001FF",
        {"light.indicator_11": "off", "select.indicator_11_lamps": "both_off"},
    ),
    "a key that flashes": (
        "19FED784#0BFFC8FFFFF433FF",
        {"light.indicator_11": "on", "select.indicator_11_lamps": "flash_alternately"},
    ),
    "inverter that passes shore power through": (
        "19FFD480#01025FFFFFFFFFFF",
        {
            "sensor.inverter_1_state": "ac_pass_through",
            "switch.inverter_1_enabled": "on",
        },
    ),
    "what an inverter draws": (
        "19FEE880#01FA004083FFFFFF",
        {
            "sensor.inverter_1_current": "80.0",
            "sensor.inverter_1_power": "1000.0",
            "sensor.inverter_1_voltage": "12.5",
        },
    ),
    "generator's output": (
        "19FFDF80#106009C87D001E00",
        {
            "binary_sensor.generator_output_line_1_problem": "off",
            "sensor.generator_output_line_1_current": "10.0",
            "sensor.generator_output_line_1_frequency": "60.0",
            "sensor.generator_output_line_1_voltage": "120.0",
        },
    ),
    "what a charger takes": (
        "19FFCA80#016009C87D001E00",
        {
            "binary_sensor.charger_1_input_line_1_problem": "off",
            "sensor.charger_1_input_line_1_current": "10.0",
            "sensor.charger_1_input_line_1_voltage": "120.0",
        },
    ),
    "what a transfer switch is given": (
        "19FFAD80#016009C87D001E40",
        {
            "binary_sensor.transfer_switch_1_primary_leg_1_problem": "on",
            "sensor.transfer_switch_1_primary_leg_1_frequency": "60.0",
            "sensor.transfer_switch_1_primary_leg_1_voltage": "120.0",
        },
    ),
    "jacks that level by air": (
        "19FFED80#05FFDDFFFFFFFFFF",
        {
            "binary_sensor.leveling_too_steep": "on",
            "binary_sensor.leveling_warning": "on",
            "sensor.leveling_mode": "automatic_air",
        },
    ),
    "inverter's output": (
        "19FFD780#415609C87D001ED0",
        {
            "binary_sensor.inverter_1_output_line_1_problem": "on",
            "sensor.inverter_1_output_line_1_current": "10.0",
            "sensor.inverter_1_output_line_1_frequency": "60.0",
            "sensor.inverter_1_output_line_1_voltage": "119.5",
        },
    ),
    "charger in bulk": (
        "19FFC780#012001E8806402FF",
        {
            "sensor.charger_1_charge_current_relative": "50.0",
            "sensor.charger_1_charging": "bulk",
            "sensor.charger_1_current": "50.0",
            "sensor.charger_1_power": "720.0",
            "sensor.charger_1_voltage": "14.4",
            "switch.charger_1_enabled": "on",
        },
    ),
    "solar controller": (
        "19FEB380#010E01907EFF03FF",
        {
            "sensor.solar_controller_1_charging": "absorption",
            "sensor.solar_controller_1_current": "20.0",
            "sensor.solar_controller_1_power": "270.0",
            "sensor.solar_controller_1_voltage": "13.5",
            "switch.solar_controller_1_enabled": "on",
        },
    ),
    "what the sun has given": (
        "19FE8280#01FFFFD2040000FF",
        {
            "sensor.solar_controller_1_energy": "1234",
        },
    ),
    "solar panels": (
        "19FDFF80#012003A07DFFFFFF",
        {
            "sensor.solar_controller_1_array_current": "8.0",
            "sensor.solar_controller_1_array_power": "320.0",
            "sensor.solar_controller_1_array_voltage": "40.0",
        },
    ),
    "transfer switch on its second source": (
        "19FFAA80#0101FCFFFFFFFFFF",
        {
            "sensor.transfer_switch_1_control": "automatic",
            "sensor.transfer_switch_1_source": "secondary",
        },
    ),
    "shore power, line 1": (
        "19FEBB80#116009F07D001EFF",
        {
            "sensor.shore_power_line_1_current": "12.0",
            "sensor.shore_power_line_1_frequency": "60.0",
            "sensor.shore_power_line_1_voltage": "120.0",
        },
    ),
    "power of shore, line 1": (
        "19FEB980#11FFA005FFFFFFFF",
        {
            "sensor.shore_power_line_1_power": "1440",
        },
    ),
    "DC disconnect": (
        "19FED080#01CD0001FFFFFFFF",
        {
            "binary_sensor.dc_disconnect_1": "on",
            "binary_sensor.dc_disconnect_1_bypass": "off",
            "sensor.dc_disconnect_1_voltage": "12.8",
        },
    ),
    "generator's engine": (
        "19FFDB80#DF7DFF4038FFFFFF",
        {
            "binary_sensor.generator_oil_level": "on",
            "sensor.generator_coolant_temperature": "85",
            "sensor.generator_engine_speed": "1800.0",
        },
    ),
    "generator is wanted": (
        "19FF8080#FD33FFFFFFFFFFFF",
        {
            "binary_sensor.generator_demand": "on",
            "binary_sensor.generator_demand_lock": "on",
            "binary_sensor.generator_demand_quiet_time": "off",
        },
    ),
    "circulation pump": (
        "19FE9780#01F1FCFFFFFFFFFF",
        {
            "binary_sensor.circulation_pump_1": "on",
            "binary_sensor.circulation_pump_1_overcurrent": "off",
        },
    ),
    "water autofill": (
        "19FFB180#05FFFFFFFFFFFFFF",
        {
            "binary_sensor.water_autofill_valve": "on",
            "sensor.water_autofill_last_fill": "still_running",
            "switch.water_autofill": "on",
        },
    ),
    "waste tanks": (
        "19FFAF80#D4FF00FFFFFFFFFF",
        {
            "binary_sensor.waste_tanks_black_water_valve": "off",
            "binary_sensor.waste_tanks_gray_water_valve": "on",
            "binary_sensor.waste_tanks_safety_lock": "off",
            "sensor.waste_tanks_sewer_hose": "no_motion",
        },
    ),
    "valve that is half open": (
        "19FDE580#010164FFFFFFFFFF",
        {
            "binary_sensor.valve_1": "on",
            "sensor.valve_1_opening": "50.0",
        },
    ),
    "valve that is closed": (
        "19FDE580#020000FFFFFFFFFF",
        {
            "binary_sensor.valve_2": "off",
            "sensor.valve_2_opening": "0",
        },
    ),
    "heat pump": (
        "19FF9B80#0100FF96FFFF64FF",
        {
            "binary_sensor.heat_pump_1": "on",
            "sensor.heat_pump_1_control": "automatic",
            "sensor.heat_pump_1_fan_speed": "50.0",
            "sensor.heat_pump_1_output": "75.0",
        },
    ),
    "floor that heats": (
        "19FEFC80#01D7C0244025FFFF",
        {
            "climate.floor_1_heating": "heat",
        },
    ),
    "air conditioner's compressor": (
        "19FDC980#01F3FFE025FFFFF3",
        {
            "binary_sensor.air_conditioner_1_coil_frozen": "off",
            "sensor.air_conditioner_1_compressor": "running",
            "sensor.air_conditioner_1_exterior_temperature": "30.0",
        },
    ),
    "roof fan": (
        "19FEA780#01DD50FCFFFFFFFF",
        {
            "fan.roof_fan_1": "on",
        },
    ),
    "rain on the roof": (
        "19FDE380#01FF00FDFFFFFFFF",
        {
            "binary_sensor.roof_fan_1_moisture": "on",
            "sensor.roof_fan_1_dome_position": "0.0",
        },
    ),
    "refrigerator": (
        "19FDD380#01F3A022802210FF",
        {
            "binary_sensor.refrigerator_1_door": "off",
            "sensor.refrigerator_1": "4.0",
            "sensor.refrigerator_1_fuel_source": "gas",
            "sensor.refrigerator_1_set_point": "3.0",
            "switch.refrigerator_1_enabled": "on",
        },
    ),
    "gas alarm": (
        "19FFF580#0102780035FFFFFF",
        {
            "binary_sensor.gas_sensor_1": "on",
            "binary_sensor.gas_sensor_1_sensor_failure": "off",
            "binary_sensor.gas_sensor_1_warning": "on",
            "sensor.gas_sensor_1_concentration": "120",
        },
    ),
    "tire": (
        "19FEF080#106C028026FFFF40",
        {
            "binary_sensor.tire_rear_left_outside_battery": "on",
            "binary_sensor.tire_rear_left_outside_heat": "off",
            "sensor.tire_rear_left_outside_pressure": "620",
            "sensor.tire_rear_left_outside_pressure_status": "ok",
            "sensor.tire_rear_left_outside_temperature": "35.0",
        },
    ),
    "tire that leaks": (
        "19FEEF80#03FDFFFFFFFFFFFF",
        {
            "binary_sensor.tire_front_right_outside_slow_leak": "on",
        },
    ),
    "level": (
        "19FFEB80#FF8064C063FFFF01",
        {
            "sensor.level_sensor_1_pitch": "1.0",
            "sensor.level_sensor_1_roll": "-0.5",
        },
    ),
    "chassis": (
        "19FFF480#FFFF0058FCFD7FFF",
        {
            "binary_sensor.chassis_ignition": "on",
            "binary_sensor.chassis_park_brake": "off",
            "sensor.chassis_gear": "forward_2",
            "sensor.chassis_speed": "88.0",
        },
    ),
    "fuel": (
        "19FEA880#FFFFFD7DC05D0000",
        {
            "binary_sensor.chassis_headlights": "on",
            "sensor.chassis_fuel_level": "62.5",
            "sensor.chassis_odometer": "120.0",
        },
    ),
    "weather": (
        "19FFA580#6024FFFF92276EFF",
        {
            "sensor.weather_station_atmospheric_pressure": "1013.0",
            "sensor.weather_station_humidity": "55.0",
            "sensor.weather_station_temperature": "18.0",
        },
    ),
    "wind": (
        "19FFA480#140087FFFFF3FFFF",
        {
            "binary_sensor.weather_station_rain_alarm": "off",
            "sensor.weather_station_wind_direction": "270.0",
            "sensor.weather_station_wind_speed": "20",
        },
    ),
    "altitude": (
        "19FFA380#FFFFFFFF204EFFFF",
        {
            "sensor.altitude": "1500.0",
        },
    ),
    "bearing": (
        "19FFA080#005AFFFFFFFFFFFF",
        {
            "sensor.bearing": "180.0",
        },
    ),
    "switch at an input": (
        "19FFB880#0301FFFFFFFFFFFF",
        {
            "binary_sensor.digital_input_3": "on",
        },
    ),
    "surroundings": (
        "19FE8780#DFFCFFFFFFFFFFFF",
        {
            "binary_sensor.surroundings_shore_power": "on",
            "binary_sensor.surroundings_water_hookup": "off",
        },
    ),
    "door that is open and locked": (
        "19FEE580#01FDFFC8FFFFFFFF",
        {
            "binary_sensor.door_1": "on",
            "binary_sensor.door_1_lock": "off",
        },
    ),
    "place": (
        "18FEF380#C0344A98802E1834",
        {
            "device_tracker.gps": "not_home",
            "sensor.gps_speed": "unknown",
        },
    ),
    "movement": (
        "19FED380#002D0028401F09FB",
        {
            "device_tracker.gps": "unknown",
            "sensor.gps_altitude": "300.0",
            "sensor.gps_fix": "three_dimensional",
            "sensor.gps_heading": "90.0",
            "sensor.gps_satellites_in_view": "9",
            "sensor.gps_speed": "80.0",
        },
    ),
    "alarm that nobody has acknowledged": (
        "19FE9F80#0146C5FFFFFFFFFF",
        {
            "binary_sensor.alarm_1_70": "on",
            "binary_sensor.alarm_1_70_acknowledged": "off",
            "binary_sensor.alarm_1_70_monitored": "on",
        },
    ),
    "light with colors": (
        "19FFBB80#07C8C83200FF00FF",
        {
            "light.color_light_7": "on",
        },
    ),
    "window that is closed": (
        "19FEE380#01FF00FFFFFFFFFF",
        {
            "binary_sensor.window_1": "off",
        },
    ),
}
