"""The best α of Adam in the student's own valley."""

import numpy as np

from descent import Adam, descend, grid, variant
from grader import Bug

asks = "best_alpha"
trials = 1
ALPHAS = 10 ** np.linspace(-3, 0, 13)


def case(rng):
    """Nothing to draw: the valley follows from the student's name."""
    return {}


def run(best_alpha):
    """The value itself."""
    return best_alpha


def answer(student):
    """The best α of this student's valley, and its neighbours in the order of their losses."""
    rng = variant(student, "5-adam")
    curvatures = np.array([10 ** rng.uniform(0, 1), 10 ** rng.uniform(1, 2)])
    start = rng.uniform(1, 3, size=2)
    rule = Adam(**grid(alpha=ALPHAS), epsilon=1e-8)
    path = descend(lambda theta: (curvatures * theta.T).T, start, rule, 100, keep="end")
    order = np.argsort(np.tensordot(curvatures, path.theta[-1] ** 2, axes=1))
    best, second = ALPHAS[order[:2]]
    says = "It is the second best. Compare the last losses, not those on the way or their mean, after 100 steps."
    return best, [Bug(second, "second best α", says, "11-adam.html#adam-sensitivity")]
