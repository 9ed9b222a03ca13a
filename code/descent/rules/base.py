"""What every update rule is: one step of descent in three pure methods.

No rule overrides another rule's method, so that each reads from top to bottom. In `conventions` a form may be
another library's with other defaults; everything else subclasses `Rule` itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, NamedTuple, TypeVar, dataclass_transform

import numpy as np

from descent.arguments import number, shown
from descent.rules.grid import Axis
from descent.trace import Traced

__all__ = ["Rule", "Value", "rule"]

#: A float, an array of floats or a traced value.
Value = Any

_INSIDE: dict[str, Any] = {
    "[0, ∞)": lambda x: (x >= 0) & (x < np.inf),
    "[0, 1)": lambda x: (x >= 0) & (x < 1),
    "[0, 1]": lambda x: (x >= 0) & (x <= 1),
}
# The range of a hyperparameter follows from its name, so that a rule states only its equation.
RANGES = (
    dict.fromkeys(("alpha", "epsilon", "eta", "gamma", "high", "psi", "weight_decay", "initial"), "[0, ∞)")
    | dict.fromkeys(("beta", "beta1", "beta2", "betas", "momentum"), "[0, 1)")
    | dict.fromkeys(("nu", "nu1", "nu2", "dampening"), "[0, 1]")
)


class Rule:
    """One step of descent: where to take the gradient, and what to do with it.

    A subclass, decorated with `rule`, names its hyperparameters as fields and its memory as fields of
    ``State``. Coordinates come first: θ has shape ``(dim, *grid)``. ``title`` is what figures call it, where
    that isn't the name of the class.
    """

    title: ClassVar[str] = ""

    class State(NamedTuple):
        """No memory."""

    def init(self, theta: Value) -> Any:
        """The memory before the first step: zeros, unless the rule says otherwise."""
        return self.State(*(np.zeros_like(theta) for _ in self.State._fields))

    def probe(self, theta: Value, state: Any) -> Value:
        """Where the gradient is taken: here, unless the rule looks ahead."""
        return theta

    def update(self, theta: Value, g: Value, state: Any, t: Value) -> tuple[Value, Any]:
        """The next θ and the next memory, from the gradient g at the probe; t is 1 at the first step."""
        raise NotImplementedError(f"{type(self).__name__} must define update(theta, g, state, t)")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise TypeError(f"{type(self).__name__} must be decorated with @rule")  # which gives it an __init__ of its own

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if not isinstance(field.default, tuple):
                checked = check_each(field.name, value)
            elif isinstance(value, tuple) and value:
                checked = tuple(check(f"{field.name}[{i}]", each) for i, each in enumerate(value))
            else:
                raise TypeError(f"{field.name} must be a tuple of at least one number, got {shown(value)}")
            object.__setattr__(self, field.name, checked)


def values_of(rule: Rule) -> dict[str, Value]:
    """The hyperparameters of a rule, one by one: those of a tuple are ``betas[0]``, ``betas[1]``, …"""
    values: dict[str, Value] = {}
    for field in fields(rule):  # type: ignore[arg-type]
        value = getattr(rule, field.name)
        if isinstance(field.default, tuple):
            values |= {f"{field.name}[{i}]": each for i, each in enumerate(value)}
        else:
            values[field.name] = value
    return values


def with_values(rule: Rule, values: Mapping[str, Value]) -> Rule:
    """The same rule with some hyperparameters changed, named as in `values_of`."""
    changed: dict[str, Value] = dict(values)
    for field in fields(rule):  # type: ignore[arg-type]
        if isinstance(field.default, tuple):
            every = values_of(rule) | changed
            names = [f"{field.name}[{i}]" for i in range(len(getattr(rule, field.name)))]
            changed[field.name] = tuple(every[name] for name in names)
            changed = {name: value for name, value in changed.items() if name not in names}
    return replace(rule, **changed)  # type: ignore[type-var]


def range_of(name: str) -> str | None:
    """The interval in which the hyperparameter `name` lies, "[0, 1)" say; None for a name that isn't the book's."""
    return RANGES.get(name.partition("[")[0])


def check(name: str, value: Value) -> Value:
    """`value` as a float, or as it is if traced; raises unless the hyperparameter `name` may be that number."""
    if isinstance(value, Traced):
        return value
    checked = number(name, value)
    if (interval := range_of(name)) and not _INSIDE[interval](checked):
        raise ValueError(f"{name} must be in {interval}, got {value}")
    return checked


def check_each(name: str, value: Value) -> Value:
    """What `check` gives for one number; an axis of a grid as it is, when each of its numbers passes."""
    if callable(value):
        raise TypeError(f"{name} must be a number, got {shown(value)}; what changes α with the step is schedule=")
    if not isinstance(value, Axis):
        if isinstance(value, (list, tuple)) or np.ndim(value):
            raise TypeError(
                f"{name} must be one number, got {shown(value)}; to compare several, declare them: **grid({name}=…)"
            )
        return check(name, value)
    if interval := range_of(name):
        for wrong in value[~_INSIDE[interval](value)]:
            check(name, wrong)  # complains
    return value


R = TypeVar("R", bound=Rule)


@dataclass_transform(frozen_default=True, eq_default=False)
def rule(cls: type[R]) -> type[R]:
    """Class decorator: the annotated fields are the rule's hyperparameters, read-only once set."""
    return dataclass(frozen=True, eq=False)(cls)  # eq=False: a field may be an array
