"""One figure of scripts/bench load or slcan: its value, its limit, what stands beside it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure with its limit."""

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    beside: str = ""

    @property
    def is_within(self) -> bool:
        """Tell whether the value keeps its limit; what is no number does not."""
        below = self.most is None or self.value <= self.most
        return below and (self.least is None or self.value >= self.least)

    def __str__(self) -> str:
        """Return the line of the table."""
        limit = "-"
        if self.most is not None:
            limit = f"<= {self.most:,g}"
        elif self.least is not None:
            limit = f">= {self.least:,g}"
        over = "" if self.is_within else "  OVER"
        value = f"{self.value:,.0f}" if self.unit == "frames" else f"{self.value:,.2f}"
        return f"{self.name:38}{value:>12} {self.unit:9}{limit:>10}  {self.beside}{over}"
