"""Inputs with a column of ones, and the target."""

import numpy as np

from grader import Bug

asks = "design"


def case(rng):
    """A small table, already standardised, and a column of it."""
    values = rng.normal(size=(9, 5))
    return {"values": ((values - values.mean(axis=0)) / values.std(axis=0)).tolist(), "target": int(rng.integers(5))}


def run(design, values, target):
    """The student's X, and y as its last column."""
    import numpy as np

    return np.column_stack(design(np.array(values), target))


def right(values, target):
    """The ones, then the other columns in their order."""
    return np.column_stack([np.ones(len(values)), np.delete(values, target, axis=1)]), values[:, target]


TEN = "20-blood-tests.html#blood-ten-inputs"
bugs = [
    Bug(
        lambda values, target: (np.delete(values, target, axis=1), values[:, target]),
        "no intercept",
        "The column of ones is missing. It turns b into one more weight; without it every fit goes through zero.",
        TEN,
    ),
    Bug(
        lambda values, target: (np.column_stack([np.ones(len(values)), values]), values[:, target]),
        "the target among the inputs",
        "The target is still among the inputs. A weight of 1 on itself predicts it exactly, and nothing is learned: "
        "leave that column out.",
        TEN,
        worth=0.25,
    ),
    Bug(
        lambda values, target: (right(values, target)[0][:, [*range(1, values.shape[1]), 0]], values[:, target]),
        "the ones last",
        "The ones are the last column. Here they come first, so that θ[0] is the intercept.",
        TEN,
        worth=0.75,
    ),
    Bug(
        lambda values, target: right(values, (target - 1) % values.shape[1]),
        "one column off",
        "This is the column before the target. NumPy counts columns from 0, and so does `target`.",
        TEN,
    ),
    Bug(
        lambda values, target: (np.where(np.arange(values.shape[1]) == target, 1, values), values[:, target]),
        "the ones in the target's place",
        "The ones stand where the target was. Here they come first, so that θ[0] is the intercept.",
        TEN,
        worth=0.75,
    ),
]
