"""A rule of the student's own: not whether it is good, but whether it can be compared."""

from typing import NamedTuple

import numpy as np

from descent import Rule, Value, rule
from grader import Bug

asks = "OwnRule"
trials = 2


def case(rng):
    """A start, and the curvature of a bowl."""
    return {"start": rng.uniform(1, 2, size=2).tolist(), "condition": float(rng.uniform(2, 10))}


def run(kind, start, condition):
    """Four answers, 1 for yes: a rule, the same walk twice, alone as on a grid, downhill at some α."""
    import numpy as np

    from descent import Rule, bowl, descend, grid

    if not (isinstance(kind, type) and issubclass(kind, Rule)):
        return [0, 0, 0, 0]
    rates = [0.0001, 0.001, 0.01, 0.1]
    place = bowl(condition)

    def walks(rules):
        return [descend(place, start, each, 100) for each in rules]

    alone, again = (walks([kind(alpha=alpha) for alpha in rates]) for _ in range(2))
    try:
        together = descend(place, start, kind(**grid(alpha=rates)), 100).theta
    except (TypeError, ValueError):
        together = np.full((101, 2, len(rates)), np.nan)
    same = all(np.array_equal(a.theta, b.theta, equal_nan=True) for a, b in zip(alone, again, strict=True))
    fits = all(np.allclose(together[..., i], a.theta, equal_nan=True) for i, a in enumerate(alone))
    lower = any(a.loss[-1] < a.loss[0] for a in alone)
    return [1, int(same), int(fits), int(lower)]


@rule
class Shortened(Rule):
    """Momentum whose pushes are never longer than 1."""

    alpha: Value = 0.01
    beta: Value = 0.9

    class State(NamedTuple):
        """The velocity."""

        v: Value

    def update(self, theta, g, state, t):
        """One step."""
        v = self.beta * state.v + g / np.sqrt(1 + np.sum(g**2, axis=0))
        return theta - self.alpha * v, self.State(v)


@rule
class OneLength(Rule):
    """The length is that of all grid points together."""

    alpha: Value = 0.01

    def update(self, theta, g, state, t):
        """One step."""
        return theta - self.alpha * g / np.sqrt(1 + np.sum(g**2)), state


@rule
class Uphill(Rule):
    """The sign is wrong."""

    alpha: Value = 0.01

    def update(self, theta, g, state, t):
        """One step."""
        return theta + self.alpha * g, state


@rule
class Diary(Rule):
    """The memory is not in the state, and survives the walk."""

    alpha: Value = 0.01
    pages = []  # noqa: RUF012 (that is the mistake)

    def update(self, theta, g, state, t):
        """One step."""
        self.pages.append(float(np.max(np.abs(g))))
        return theta - self.alpha * g / (1 + len(self.pages)), state


right = Shortened
bugs = [
    Bug(
        object,
        "no rule",
        "OwnRule is not a subclass of Rule. Write @rule above the class and (Rule) behind its name.",
        "19-fair-comparison.html#fair-own",
        worth=0,
    ),
    Bug(
        Diary,
        "memory outside the state",
        "The second walk from the same start is another one: something is remembered outside of `state`, or drawn at "
        "random. All memory belongs to State, which is new for each walk.",
        "02-taylor-expansion.html#own-rule",
    ),
    Bug(
        OneLength,
        "settings see each other",
        "On a grid of α the walks are not those of each α alone: something is summed over the whole grid. Coordinates "
        "come first, so a length is np.sqrt(np.sum(g**2, axis=0)).",
        "19-fair-comparison.html#fair-own",
    ),
    Bug(
        Uphill,
        "uphill",
        "At no α from 0.0001 to 0.1 does the loss of a bowl get lower in 100 steps. Is the sign right?",
        "19-fair-comparison.html#fair-own",
    ),
]
