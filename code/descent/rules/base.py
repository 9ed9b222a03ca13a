"""What every update rule is: one step of descent in three pure methods.

Only `Rule` is ever subclassed, and no rule overrides another rule's method: each reads from top to bottom.
"""

from dataclasses import dataclass, fields
from numbers import Real
from typing import Any, ClassVar, NamedTuple, TypeVar, dataclass_transform

import numpy as np

from descent.rules.grid import Axis
from descent.trace import Traced

Value = Any  # a float, an array of floats or a traced value

_RATE = ("[0, ∞)", lambda x: (x >= 0) & (x < np.inf))
_DECAY = ("[0, 1)", lambda x: (x >= 0) & (x < 1))

# The range of a hyperparameter follows from its name, so that a rule states only its equation.
RANGES = {"alpha": _RATE, "epsilon": _RATE, "beta": _DECAY, "beta1": _DECAY, "beta2": _DECAY}


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
            check(field.name, getattr(self, field.name))


def check(name: str, value: Value) -> None:
    """Raise unless `value` is what the hyperparameter `name` may be: a number in its range, or a declared grid."""
    if isinstance(value, Traced):
        return
    if callable(value):
        raise TypeError(f"{name} must be a number, got {value!r}; what changes α with the step is schedule=")
    if np.ndim(value) and not isinstance(value, Axis):
        raise TypeError(f"{name} must be one number, got {value!r}; to compare several, declare them: **grid({name}=…)")
    if not isinstance(value, (Real, np.ndarray)):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if name in RANGES:
        interval, inside = RANGES[name]
        numbers = np.ravel(np.asarray(value))
        for wrong in numbers[~inside(numbers)]:
            raise ValueError(f"{name} must be in {interval}, got {wrong}")


R = TypeVar("R", bound=Rule)


@dataclass_transform(frozen_default=True, eq_default=False)
def rule(cls: type[R]) -> type[R]:
    """Class decorator: the annotated fields are the rule's hyperparameters, read-only once set."""
    return dataclass(frozen=True, eq=False)(cls)  # eq=False: a field may be an array
