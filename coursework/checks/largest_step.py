"""The largest useful step of the student's own quadratic."""

import numpy as np

from descent import variant
from grader import Bug

asks = "largest_step"
trials = 1
tolerance = 1e-6


def case(rng):
    """Nothing to draw: the quadratic follows from the student's name."""
    return {}


def run(largest_step):
    """The value itself."""
    return largest_step


def answer(student):
    """2/L, and what is taken for it."""
    rng = variant(student, "1-descent")
    low, high, turn = rng.uniform(0.3, 1), rng.uniform(4, 20), rng.uniform(0.4, 1.1)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    hessian = axes * [low, high] @ axes.T
    page = "01-gradient-descent.html#step-against-curvature"
    lemma = "02-taylor-expansion.html#descent-lemma"
    return 2 / high, [
        Bug(
            1 / high, "1/L", "1/L is the step with the best guarantee. Steps up to twice as long still go down.", lemma
        ),
        Bug(
            2 / low,
            "2/λ of the flattest",
            "The flattest direction could bear it. The steepest one sets the limit.",
            page,
        ),
        Bug(
            2 / (low + high),
            "the best α",
            "2/(λ₁ + λ₂) is the α that makes the slower of the two directions as fast as it can be (and 2 over the sum "
            "of the diagonal, which is the same). The largest α that still goes down is 2/λ₂.",
            page,
        ),
        Bug(
            2 / hessian.diagonal().max(),
            "the diagonal for the eigenvalues",
            "It is 2 over the largest entry of the diagonal. The bowl is tilted, so its curvatures are not on the "
            "diagonal: they are the eigenvalues of H, and the largest is larger than any entry there.",
            page,
        ),
        Bug(
            2 / np.abs(hessian).sum(axis=1).max(),
            "a bound for the eigenvalue",
            "The largest sum of a row's sizes is a bound for λ and not λ itself: this step is safe and too short.",
            page,
        ),
        Bug(high, "L itself", "That is L, the largest curvature. The limit is 2 divided by it.", page),
        Bug(2 / high**2, "the square of L", "It is 2/L²: the eigenvalues of HᵀH, or singular values squared.", page),
    ]
