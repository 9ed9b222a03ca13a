"""Ranks per problem, with ties averaged."""

import numpy as np

from grader import Bug

asks = "ranks"


def case(rng):
    """Six rules on four problems, with ties among the losses and among the walks that diverged."""
    losses = rng.integers(0, 4, size=(6, 4)).astype(float)
    losses[:2, 0] = np.inf
    losses[2:, 1] = [0, 1, 1, 3]
    return {"losses": losses.tolist()}


def run(ranks, losses):
    """The student's ranks."""
    import numpy as np

    return ranks(np.array(losses))


def better(losses):
    """How many of the same column are lower, and how many are equal."""
    own = losses[:, None]
    return (own > losses).sum(axis=1), (own == losses).sum(axis=1)


def right(losses):
    """The mean of the places that the equals take together."""
    lower, equal = better(losses)
    return lower + (equal + 1) / 2


def dense(losses):
    """The number of different losses up to this one."""
    return np.stack([np.unique(column, return_inverse=True)[1] + 1 for column in losses.T], axis=1)


bugs = [
    Bug(
        lambda losses: losses.argsort(axis=0, kind="stable").argsort(axis=0) + 1,
        "ties by order",
        "Equal losses get different ranks, by their place in the table. Equals share: two on places 2 and 3 both get "
        "2.5.",
        "19-fair-comparison.html#fair-ranks",
    ),
    Bug(
        lambda losses: losses.argsort(axis=0, kind="stable") + 1,
        "argsort is no rank",
        "argsort says which rule comes first, which second, and so on. A rank says at which place a rule comes: that "
        "is the argsort of the argsort, and ties still have to be shared.",
        "19-fair-comparison.html#fair-ranks",
    ),
    Bug(
        lambda losses: better(losses)[0] + 1,
        "ties get the best place",
        "Equals all get the best of their places. They share: the mean of the places they take together.",
        "19-fair-comparison.html#fair-ranks",
    ),
    Bug(
        lambda losses: sum(better(losses)),
        "ties get the worst place",
        "Equals all get the worst of their places. They share: the mean of the places they take together.",
        "19-fair-comparison.html#fair-ranks",
    ),
    Bug(
        dense,
        "ties take one place",
        "Equals take one place together, so that the ranks of a problem don't add up to the same as in the next. Two "
        "on places 2 and 3 both get 2.5, and the next gets 4.",
        "19-fair-comparison.html#fair-ranks",
    ),
    Bug(
        lambda losses: right(losses) - 1,
        "ranks from 0",
        "The best rank is 0. It is 1.",
        "19-fair-comparison.html#fair-ranks",
        worth=0.75,
    ),
    Bug(
        lambda losses: right(-losses),
        "the highest loss first",
        "The highest loss gets rank 1. The lowest should.",
        "19-fair-comparison.html#fair-ranks",
    ),
    Bug(
        lambda losses: right(losses.T).T,
        "ranks along the problems",
        "The problems are ranked for each rule. Rank the rules on each problem: down the columns, axis 0.",
        "19-fair-comparison.html#fair-ranks",
    ),
]
