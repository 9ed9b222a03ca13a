"""AdaGrad's rates after the student's own stream of rare and frequent features."""

import numpy as np

from descent import variant
from grader import Bug

asks = "rates"
trials = 1
tolerance = 1e-6


def case(rng):
    """Nothing to draw: the stream follows from the student's name."""
    return {}


def run(rates):
    """The values themselves."""
    return rates


def answer(student):
    """The effective rates after one walk along the stream, and after walks with a mistake."""
    rng = variant(student, "4-adaptive")
    how_often = np.array([1, rng.uniform(0.2, 0.4), rng.uniform(0.04, 0.08), 0.01])
    weights = rng.choice([-1, 1], size=4) * rng.uniform(1, 3, size=4)
    X = (rng.random((1000, 4)) < how_often).astype(float)
    X[rng.choice(1000, size=5, replace=False), 3] = 1
    y = X @ weights + 0.5 * rng.normal(size=1000)

    def rates(factor=1, masked=True, moves=True, order=1, power=0.5, forgets=False):
        s, theta = np.zeros(4), np.zeros(4)
        for x, target in zip(X[::order], y[::order], strict=True):
            g = factor * (x @ theta - target) * (x if masked else 1)
            s = 0.9 * s + 0.1 * g**2 if forgets else s + g**2
            theta = theta - moves * 0.5 * g / (np.sqrt(s) + 1e-8)
        return 0.5 / (s**power + 1e-8)

    return rates(), [
        Bug(
            rates(factor=2),
            "twice the gradient",
            "The rates are half of what they should be: the gradient of (x · θ − y)²/2 is (x · θ − y) x, without a 2. "
            "The steps would not show it, since a factor cancels in them.",
            "08-adagrad.html#adagrad-rule",
            worth=0.75,
        ),
        Bug(
            rates(moves=False),
            "all gradients at the start",
            "The gradients were all taken at the start. Each row's gradient is taken where the rows before it "
            "have led.",
            "08-adagrad.html#adagrad-clock",
        ),
        Bug(
            rates(masked=False),
            "x left out of the gradient",
            "Every feature gets the same gradient, x · θ − y. Multiply by x: a feature that is absent learns nothing, "
            "and its clock stands still.",
            "08-adagrad.html#adagrad-clock",
        ),
        Bug(
            rates(order=-1),
            "rows backwards",
            "The rows were taken from the last to the first. In a stream the first comes first.",
            "08-adagrad.html#adagrad-clock",
        ),
        Bug(
            rates(power=1),
            "α / s for the rate",
            "The rate is given as α / s. It is what multiplies g in the step: α / (√s + ε).",
            "08-adagrad.html#adagrad-rule",
        ),
        Bug(
            rates(forgets=True),
            "average for sum",
            "s is an average with β = 0.9, as in RMSprop. AdaGrad adds up all the squares.",
            "08-adagrad.html#adagrad-rule",
        ),
    ]
