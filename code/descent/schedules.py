"""Learning rates that change with time: pure functions of the step t = 1, 2, …

Every function here returns a schedule: a function that gives αₜ for a step, or for an array of steps, and can be
plotted as often as one likes, since it remembers nothing. The first step has t = 1 and is not yet decayed: each is
equal to α there, but for `cyclic` and `warm_up`, which begin lower. `by_epoch` makes the same schedule count epochs
instead; the first epoch is number 0, and k = t − 1 there.

A schedule sets a rule's α. For rules with a multiplier η, AdamW and SGDW, it sets η, which scales the step and the
decay together: there ``cosine(1, 100)`` is the schedule, not ``cosine(0.001, 100)``.
"""

from typing import Any, Protocol

import numpy as np

from descent.arguments import array, shown, whole
from descent.rules.base import check

__all__ = [
    "Schedule",
    "by_epoch",
    "constant",
    "cosine",
    "cyclic",
    "exponential",
    "inverse_sqrt",
    "inverse_time",
    "staircase",
    "warm_restarts",
    "warm_up",
]


class Schedule(Protocol):
    """αₜ as a function of the step t = 1, 2, …, or of an array of steps."""

    def __call__(self, t: Any, /) -> Any:
        """αₜ, of the shape of t."""


def constant(alpha: float) -> Schedule:
    """αₜ = α"""
    alpha = check("alpha", alpha)
    return lambda t: alpha * np.ones_like(_done(t), dtype=float)


def inverse_time(alpha: float, gamma: float) -> Schedule:
    """αₜ = α / (1 + γ (t − 1))   (Robbins & Monro, 1951)

    By epoch α / (1 + γ k). The sum of all αₜ is infinite and that of their squares finite.
    """
    alpha, gamma = check("alpha", alpha), check("gamma", gamma)
    return lambda t: alpha / (1 + gamma * _done(t))


def inverse_sqrt(alpha: float) -> Schedule:
    """αₜ = α / √t

    By epoch α / √(k + 1): 1/√k itself has no value in the first epoch, k = 0.
    """
    alpha = check("alpha", alpha)
    return lambda t: alpha / np.sqrt(1 + _done(t))


def exponential(alpha: float, r: float) -> Schedule:
    """αₜ = α rᵗ⁻¹, with r in [0, 1]

    By epoch α rᵏ. For r < 1 the sum of all αₜ is finite, α / (1 − r): a walk can get no further than that times the
    gradient.
    """
    alpha, r = check("alpha", alpha), _within("r", r, 1)
    return lambda t: alpha * r ** _done(t)


def staircase(alpha: float, factor: float, every: int) -> Schedule:
    """αₜ = α factorᵏ with k = ⌊(t − 1) / every⌋: constant for `every` steps, then `factor` times as much."""
    alpha, factor, every = check("alpha", alpha), _within("factor", factor, 1), whole("every", every)
    return lambda t: alpha * factor ** (_done(t) // every)


def cosine(alpha: float, steps: int, floor: float = 0.0) -> Schedule:
    """αₜ = floor + (α − floor) (1 + cos(π (t − 1) / steps)) / 2   (Loshchilov & Hutter, 2017)

    Half a wave from α down to ``floor``, reached after `steps` steps, where it stays.
    """
    alpha = check("alpha", alpha)
    floor, steps = _within("floor", floor, alpha), whole("steps", steps)
    return lambda t: floor + (alpha - floor) * (1 + np.cos(np.pi * np.minimum(_done(t) / steps, 1))) / 2


def warm_restarts(alpha: float, steps: int, growth: int = 1, floor: float = 0.0) -> Schedule:
    """`cosine` again and again: periods of `steps`, `steps` · growth, `steps` · growth², …

    Source: I. Loshchilov and F. Hutter, SGDR, ICLR 2017, with ``growth`` for their T_mult.
    """
    steps, growth = whole("steps", steps), whole("growth", growth)
    wave = cosine(alpha, steps, floor)

    def schedule(t: Any) -> Any:
        done = _done(t)
        if growth == 1:
            return wave(1 + done % steps)
        # The period of number k starts after steps (growthᵏ − 1) / (growth − 1) steps.
        k = np.floor(np.log1p(done * (growth - 1) / steps) / np.log(growth) + 1e-12)
        length = growth**k
        return wave(1 + (done - steps * (length - 1) / (growth - 1)) / length)

    return schedule


def cyclic(low: float, high: float, half: int) -> Schedule:
    """αₜ = low + (high − low) (1 − |1 − (t − 1) / half mod 2|): up for `half` steps, down for `half`, …

    Source: L. N. Smith, Cyclical learning rates, WACV 2017, the triangular policy. Begins at ``low``.
    """
    high = check("high", high)
    low, half = _within("low", low, high), whole("half", half)
    return lambda t: low + (high - low) * (1 - np.abs(1 - _done(t) / half % 2))


def warm_up(schedule: Schedule, steps: int) -> Schedule:
    """αₜ = (t / steps) · schedule(1) for t ≤ steps, then the schedule from its first step on.

    Source: P. Goyal et al., arXiv:1706.02677, section 2.2. It starts at 1/steps of the full rate, never at zero.
    """
    check_schedule(schedule)
    steps = whole("steps", steps)
    return lambda t: np.minimum(1, (1 + _done(t)) / steps) * schedule(np.maximum(1, 1 + _done(t) - (steps - 1)))


def by_epoch(schedule: Schedule, steps_per_epoch: int) -> Schedule:
    """The same schedule with the epoch in place of the step: αₜ = schedule(k + 1) with k = ⌊(t − 1) / steps_per_epoch⌋.

    A source of mini-batches knows its ``steps_per_epoch``.
    """
    check_schedule(schedule)
    steps_per_epoch = whole("steps_per_epoch", steps_per_epoch)
    return lambda t: schedule(1 + _done(t) // steps_per_epoch)


def _done(t: Any) -> Any:
    """t − 1, the steps that lie behind; t counts from 1, so 0 is a mistake and not a step."""
    steps = array("t", t, "a step or an array of steps")
    if not (np.all(np.isfinite(steps)) and np.all(steps >= 1)):
        raise ValueError(f"t must be in [1, ∞), since the first step is number 1, got {t}")
    whole_steps = np.asarray(t).dtype.kind in "iu" and np.all(steps < 2**53)
    return (steps.astype(int) if whole_steps else steps)[()] - 1


def _within(name: str, value: float, high: float) -> float:
    found = check(name, value)
    if not 0 <= found <= high:
        raise ValueError(f"{name} must be in [0, {high:g}], got {value}")
    return found


def check_schedule(schedule: Any) -> None:
    """Raise TypeError for what is no function of the step."""
    if not callable(schedule):
        raise TypeError(f"schedule must be a function of the step t, such as constant(0.1), got {shown(schedule)}")
