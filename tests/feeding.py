"""Our side of the comparison with the libraries: random settings, walks and the gradients they meet."""

from typing import Any

import numpy as np

from descent import Rule, Surface, bowl, descend, given, himmelblau, rosenbrock
from descent.rules.base import values_of, with_values

STEPS = 200
# What is recorded of the libraries: walks on these surfaces, at these steps, each of which depends on all before it.
GROUNDS = [rosenbrock, bowl(1000), himmelblau]
KEPT = [0, *range(1, 11), *range(20, STEPS + 1, 10)]


def random_rule(kind: type[Rule], free: set[str], rng: np.random.Generator) -> Rule:
    """Hyperparameters with which `kind` stays finite on every surface of the book; those not in `free` are its own."""
    own = kind()
    bounded = {"epsilon", "beta2", "u"} & {*values_of(own), *kind.State._fields}  # its steps don't grow with g
    draws = {
        "alpha": lambda: 10 ** rng.uniform(-4, -1 if bounded else -3.3),
        "epsilon": lambda: 10 ** rng.uniform(-8, -2),
        "weight_decay": lambda: 10 ** rng.uniform(-5, -2),
        "beta": lambda: rng.uniform(0.1, 0.95),
        "beta2": lambda: 1 - 10 ** rng.uniform(-4, -0.3),
        "psi": lambda: 10 ** rng.uniform(-3, 0),
        "dampening": lambda: 0.0 if rng.random() < 0.5 else rng.uniform(0, 1),
        "momentum": lambda: rng.uniform(0.1, 0.9),
        "nu2": lambda: rng.uniform(0.5, 1),
    }
    drawn = {name: float(draws.get(name, lambda: rng.uniform(0, 0.95))()) for name in values_of(own)}
    return with_values(own, {name: value for name, value in drawn.items() if name.partition("[")[0] in free})


def met(rule: Rule, surface: Surface, start: Any) -> tuple[np.ndarray, np.ndarray]:
    """Our walk, shape ``(time, 2)``, and the gradients that it met on the way, at the probes."""
    theta = np.array(start, dtype=float)
    state = rule.init(theta)
    points, gradients = [theta], []
    for t in range(1, STEPS + 1):
        g = surface.grad(rule.probe(theta, state))
        theta, state = rule.update(theta, g, state, t)
        points.append(theta)
        gradients.append(g)
    return np.array(points), np.array(gradients)


def fed(rule: Rule, start: Any, gradients: Any) -> np.ndarray:
    """θ before the first step and after each, for given gradients."""
    return descend(given(gradients), start, rule, len(gradients)).theta


def moves(rule: Rule, gradients: Any) -> np.ndarray:
    """The steps −Δθ of one parameter, for given gradients."""
    return -np.diff(fed(rule, [0.0], gradients)[:, 0])
