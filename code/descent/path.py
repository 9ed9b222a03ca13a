"""The one loop of the book, and the path it leaves behind."""

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from descent.arguments import array, check_finite, shown, whole
from descent.rules import Rule
from descent.rules.base import check_each
from descent.rules.grid import Axis
from descent.schedules import Schedule, check_schedule
from descent.sources import as_source, checked_gradient

__all__ = ["DIVERGED", "Path", "Step", "descend", "walk"]

#: A walk has diverged when it is no longer finite, or its loss is above DIVERGED · max(1, |first loss|).
DIVERGED = 1e6


class Step(NamedTuple):
    """Where a walk stands after t steps."""

    t: int
    theta: np.ndarray
    state: Any


@dataclass(frozen=True, eq=False)
class Path:
    """What `descend` returns; time comes first in every array.

    ``t``         the steps that were kept, shape ``(time,)``; 0 is the start
    ``theta``     shape ``(time, dim, *grid)``
    ``state``     the rule's memory, each of its fields of shape ``(time, …)``
    ``loss``      shape ``(time, *grid)``; None where only a gradient is known
    ``diverged``  the step at which the walk diverged, 0 if it did not; one number, or one per grid point

    After the step at which a walk diverged its θ, state and loss are NaN.
    """

    t: np.ndarray
    theta: np.ndarray
    state: Any
    loss: Any
    diverged: Any


def walk(objective: Any, theta: Any, rule: Rule, schedule: Schedule | None = None) -> Iterator[Step]:
    """The loop: probe, gradient, update, for ever. Yields the start (t = 0), then every step.

    The arguments are those of `descend`. Stop it when you have seen enough.
    """
    source = as_source(objective)
    theta = _start(theta, rule)
    moved = "" if schedule is None else _moved_by_a_schedule(rule, schedule)
    state = _quiet(rule.init, theta.copy())
    if not isinstance(state, rule.State):
        raise TypeError(f"{type(rule).__name__}.init must return self.State(…), got {shown(state)}")
    yield Step(0, theta, state)
    for t, grad in enumerate(source.gradients(), start=1):
        if not callable(grad):
            raise TypeError(f"gradients must yield functions ∇f(θ), got {shown(grad)}")
        now = rule if schedule is None else _with(rule, moved, schedule(t))
        theta, state = _step(now, grad, theta, state, t)
        yield Step(t, theta, state)


def descend(
    objective: Any, theta: Any, rule: Rule, steps: int, schedule: Schedule | None = None, keep: str | int = "all"
) -> Path:
    """Walk `steps` steps from `theta` and return the path.

    ``objective``  a surface or model (anything with ``value`` and ``grad``), a `Source`, or a function ∇f(θ)
    ``theta``      the start, shape ``(dim,)``, or ``(dim, *grid)`` for a grid of starts; it is not changed
    ``rule``       what to do with a gradient; `grid` gives it several values at once
    ``schedule``   the learning rate as a function of the step t = 1, 2, …; it sets α, or η for a rule that has one
    ``keep``       "all" steps, the "end" only, or every n-th (the end is always kept)

    A walk that diverges is a result, not an error: see `Path`. Raises ValueError or TypeError, naming the
    argument, for a start that is not finite, shapes that don't fit, or a source that runs out.
    """
    steps = whole("steps", steps, 0)
    source = as_source(objective)
    kept = _kept(steps, keep)
    rows: list[np.ndarray] = []
    row = 0
    diverged: Any = 0
    some = False  # whether any walk has diverged yet
    for t, theta, state in walk(source, theta, rule, schedule):  # noqa: B020
        names, record = ["theta", *state._fields], [theta, *state]
        lost = ~np.isfinite(theta).all(axis=0)
        if source.value is not None:
            loss = array("the loss", _quiet(source.value, theta.copy()))
            if loss.shape != theta.shape[1:]:
                raise ValueError(f"the loss must have the grid's shape, {theta.shape[1:]}, got {loss.shape}")
            names.append("loss")
            record.append(loss)
            if t == 0:
                limit = _quiet(np.multiply, DIVERGED, np.maximum(1, abs(check_finite("the loss at the start", loss))))
            lost = lost | ~np.isfinite(loss) | (loss > limit)
        if t == 0:
            shapes = [_spread(name, value, theta.shape[1:]) for name, value in zip(names, record, strict=True)]
            rows = [np.empty((len(kept), *shape)) for shape in shapes]
            diverged = np.zeros(theta.shape[1:], dtype=int)
        if t == kept[row]:
            for name, column, value in zip(names, rows, record, strict=True):
                try:
                    column[row] = np.where(diverged, np.nan, value) if some else value
                except (TypeError, ValueError):
                    shape = column.shape[1:]
                    raise TypeError(f"{name} must stay numbers of shape {shape}, got {shown(value)}") from None
            row += 1
        if lost.any():
            some = True
            diverged = np.where(lost & (diverged == 0), t, diverged)
        if t == steps or (some and diverged.all()):
            break
    else:
        raise ValueError(f"steps must fit the source, which ran out after {t} steps, got {steps}")
    for column in rows:
        column[row:] = np.nan  # where all have diverged nothing more was kept
    losses = None if source.value is None else rows.pop()
    return Path(np.array(kept), rows[0], type(state)(*rows[1:]), losses, diverged if diverged.ndim else int(diverged))


def _start(theta: Any, rule: Rule) -> np.ndarray:
    if not isinstance(rule, Rule):
        raise TypeError(f"rule must be a rule with its hyperparameters, such as GradientDescent(), got {shown(rule)}")
    theta = array("theta", theta, "a list of coordinates")
    if theta.ndim == 0 or not theta.size:
        raise ValueError(f"theta must be a list of coordinates, got an array of shape {theta.shape}")
    check_finite("theta", theta)
    values = [getattr(rule, field.name) for field in fields(rule)]  # type: ignore[arg-type]
    declared = [value for value in values if isinstance(value, Axis)]
    if any(axis.ndim != len(declared) for axis in declared):
        raise ValueError("rule must have all its axes from one grid(…), got them from several")
    axes = np.broadcast_shapes(*(axis.shape for axis in declared))
    column = theta.reshape(theta.shape + (1,) * len(axes))  # every start meets every setting
    return np.broadcast_to(column, theta.shape + axes).copy()


def _spread(name: str, value: Any, grid: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of what a walk remembers, on its grid."""
    try:
        return np.broadcast_shapes(np.shape(value), grid)
    except ValueError:
        raise ValueError(f"{name} must end in the grid's shape, {grid}, got {shown(value)}") from None


def _moved_by_a_schedule(rule: Rule, schedule: Any) -> str:
    """The name of the hyperparameter that a schedule sets."""
    check_schedule(schedule)
    names = [field.name for field in fields(rule)]  # type: ignore[arg-type]
    moved = "eta" if "eta" in names else "alpha"
    if moved not in names:
        raise TypeError(f"schedule sets alpha, and {type(rule).__name__} has none")
    if isinstance(getattr(rule, moved), Axis):
        raise TypeError(f"schedule sets {moved}, and {moved} is already on the grid")
    return moved


def _with(rule: Rule, name: str, value: Any) -> Rule:
    """dataclasses.replace for one hyperparameter, without checking the others again at every step."""
    other = copy(rule)
    other.__dict__[name] = check_each(name, value)
    return other


def _quiet(function: Callable, *args: Any) -> Any:
    """Overflow on the way to divergence is expected: the loop reports it as a result."""
    try:
        with np.errstate(all="ignore"):
            return function(*args)
    except ValueError as error:
        if "truth value" not in str(error):
            raise
        name = getattr(function, "__qualname__", repr(function))
        raise TypeError(f"{name} branches on a value (if, and, or, max, …); use np.where, np.maximum") from error


def _step(rule: Rule, grad: Callable, theta: np.ndarray, state: Any, t: int) -> tuple[np.ndarray, Any]:
    """One turn of the loop. Copies are handed out, so that code which works in place harms no earlier step."""
    point = theta if type(rule).probe is Rule.probe else _quiet(rule.probe, theta, state)
    g = checked_gradient(_quiet(grad, np.array(point)), theta)
    old = type(state)(*(value.copy() if isinstance(value, np.ndarray) else value for value in state))
    match _quiet(rule.update, theta.copy(), g, old, t):
        case (result, rule.State() as memory):
            result = array("theta", result, f"numbers when {type(rule).__name__}.update returns it")
        case other:
            raise TypeError(f"{type(rule).__name__}.update must return theta, self.State(…), got {shown(other)}")
    if result.shape != theta.shape:
        raise ValueError(f"update must return a theta of shape {theta.shape}, got {result.shape}")
    return result, memory


def _kept(steps: int, keep: str | int) -> range | list[int]:
    if isinstance(keep, str) and keep == "all":
        return range(steps + 1)
    if isinstance(keep, str) and keep == "end":
        return [steps]
    try:
        every = whole("keep", keep)
    except ValueError:
        raise ValueError(f'keep must be "all", "end" or a whole number in [1, ∞), got {shown(keep)}') from None
    return sorted({*range(0, steps + 1, every), steps})
