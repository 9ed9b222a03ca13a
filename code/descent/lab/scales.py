"""What a slider offers: its values, evenly spaced for the eye, and the few that mean something."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from descent.rules.base import range_of

__all__ = ["Scale", "decay_scale", "linear_scale", "log_scale"]


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
        return {"kind": self.kind, "low": self.low, "high": self.high, "step": self.step, "ticks": self.ticks}


def linear_scale(low: float, high: float, step: float, ticks: Mapping[float, str] | None = None) -> Scale:
    """A value every `step` from `low` to `high`; without `ticks` the two ends are labelled."""
    if not low < high < math.inf:
        raise ValueError(f"high must be in ({low}, ∞), got {high}")
    if not 0 < step <= high - low:
        raise ValueError(f"step must be in (0, {high - low}], got {step}")
    return Scale("linear", low, high, step, _labelled(ticks or {low: f"{low:g}", high: f"{high:g}"}))


def log_scale(low: float, high: float, ticks: Mapping[float, str] | None = None) -> Scale:
    """Twenty values per decade, of two digits each; without `ticks` the powers of ten are labelled."""
    if not 0 < low < high < math.inf:
        raise ValueError(f"low and high must be in (0, ∞) and in this order, got {low} and {high}")
    decades = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
    every = -(-len(decades) // 4)
    marks = {10.0**k: f"{10.0**k:g}".replace("e-0", "e-") for k in decades[::every]}
    return Scale("log", low, high, 0, _labelled(ticks or marks))


def decay_scale(high: float = 0.9999, ticks: Mapping[float, str] | None = None) -> Scale:
    """β from 0 to `high`; 0.9, 0.99 and 0.999 are equally far apart."""
    if not 0.5 <= high < 1:
        raise ValueError(f"high must be in [0.5, 1), got {high}")
    marks = {value: f"{value:g}" for value in (0, 0.9, 0.99, 0.999) if value <= high}
    return Scale("decay", 0, high, 0, _labelled(ticks or marks))


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
        return log_scale(value / 1000, value * 1000)
    return linear_scale(value - 1 if range_of(name) is None else 0, value + 1, 0.01)


def _labelled(ticks: Mapping[float, str]) -> tuple[tuple[float, str], ...]:
    return tuple((float(value), label) for value, label in ticks.items())
