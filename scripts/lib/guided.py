"""The target of a coverage-guided fuzzer: bytes are frames, and no frame may raise."""

import sys

import atheris  # in the group "fuzz"; scripts/endurance installs it

with atheris.instrument_imports(include=["custom_components.coachiq"]):
    import fuzzing


def take(data: bytes) -> None:
    """Give a new target the frames that the bytes are."""
    target = fuzzing.Target()
    for can_id, payload, pause in fuzzing.frames_of(data):
        target.take(can_id, payload, pause)


atheris.Setup([*sys.argv, "-max_len=1000"], take)
atheris.Fuzz()
