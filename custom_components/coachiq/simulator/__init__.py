"""A coach that answers: for the demo, the tests and the benchmark."""

from .coach import SimulatedCoach
from .runner import Runner

__all__ = ["Runner", "SimulatedCoach"]
