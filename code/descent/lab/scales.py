"""What a slider offers: its values, evenly spaced for the eye, and the few that mean something."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from descent.arguments import finite, number, shown, text
from descent.rules.base import range_of

__all__ = ["decay_scale", "linear_scale", "log_scale"]

POSITIONS = 10_000  # more than any screen has pixels


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high``; ``ticks`` are values with their labels.

    ``kind`` is "linear" (a value every ``step``), "log" (twenty per decade) or "decay" (0, then twenty per
    decade of 1 − β, so that 0.9, 0.99 and 0.999 lie equally far apart).
    """

    kind: str
    low: float
    high: float
    step: float
    ticks: tuple[tuple[float, str], ...]

    def specification(self) -> dict[str, Any]:
        """What the page needs to know."""
        return asdict(self)


def linear_scale(low: float, high: float, step: float, ticks: Mapping[float, str] | None = None) -> Scale:
    """A value every `step` from `low` to `high`; without `ticks` the two ends are labelled."""
    width = finite("high", high, above=finite("low", low)) - low
    least = max(width / POSITIONS, 1e-11 * max(abs(low), abs(high)))  # the page rounds to twelve digits
    if not least <= number("step", step) <= width < math.inf:
        raise ValueError(f"step must be in [{least:g}, {width:g}], got {step}")
    return Scale(
        "linear",
        low,
        high,
        step,
        _labelled({low: f"{low:g}", high: f"{high:g}"} if ticks is None else ticks, low, high),
    )


def log_scale(low: float, high: float, ticks: Mapping[float, str] | None = None) -> Scale:
    """Twenty values per decade, of two digits each; without `ticks` the powers of ten are labelled."""
    if not 0 < number("low", low) < number("high", high) < math.inf:
        raise ValueError(f"low and high must be in (0, ∞) and in this order, got {low} and {high}")
    if high < 1.13 * low:
        raise ValueError(f"high must be in [{1.13 * low:g}, ∞), one position above low or more, got {high}")
    decades = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
    marked = [10.0**k for k in decades[:: -(-len(decades) // 4)]] if decades else [low, high]
    marks = {value: f"{value:g}".replace("e-0", "e-") for value in marked}
    return Scale("log", low, high, 0, _labelled(marks if ticks is None else ticks, low, high))


def decay_scale(high: float = 0.9999, ticks: Mapping[float, str] | None = None) -> Scale:
    """β from 0 to `high`; 0.9, 0.99 and 0.999 are equally far apart."""
    if not 0.5 <= number("high", high) < 1:
        raise ValueError(f"high must be in [0.5, 1), got {high}")
    marks = {value: f"{value:g}" for value in (0, 0.9, 0.99, 0.999) if value <= high}
    return Scale("decay", 0, high, 0, _labelled(marks if ticks is None else ticks, 0, high))


def scale_of(name: str, value: float) -> Scale:
    """The scale of the hyperparameter `name` where a lab was given none."""
    match range_of(name):
        case "[0, 1)":
            return decay_scale()
        case "[0, 1]":
            return linear_scale(0, 1, 0.01)
    if name == "alpha":
        return log_scale(min(1e-4, value or 1), max(10, value))
    if value > 0:
        return log_scale(max(value / 1000, 5e-324), min(value * 1000, 1.7e308))
    size = max(1, -value)
    return linear_scale(value - size if range_of(name) is None else 0, value + size, size / 100)


def _labelled(ticks: Any, low: float, high: float) -> tuple[tuple[float, str], ...]:
    if not isinstance(ticks, Mapping):
        raise TypeError(f"ticks must be values with their labels, such as {{{low:g}: 'low'}}, got {shown(ticks)}")
    slack = 1e-9 * (high - low)
    for value in ticks:
        if not low - slack <= number("ticks", value) <= high + slack:
            raise ValueError(f"ticks must be in [{low:g}, {high:g}], got {value}")
    return tuple((float(value), text("ticks", label)) for value, label in ticks.items())
