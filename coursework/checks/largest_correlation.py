"""The largest correlation of all pairs of columns."""

import numpy as np

from grader import Bug

asks = "largest_correlation"


def case(rng):
    """A table whose most related pair goes in opposite directions."""
    values = rng.normal(size=(20, 6))
    values[:, 4] -= 1.5 * values[:, 1]
    return {"values": values.tolist()}


def run(largest_correlation, values):
    """The student's number."""
    import numpy as np

    return largest_correlation(np.array(values))


def pairs(values):
    """The correlations of all pairs of columns."""
    return np.corrcoef(values.T)[np.triu_indices(values.shape[1], 1)]


def right(values):
    """The largest in size."""
    return np.abs(pairs(values)).max()


LARGEST = "20-blood-tests.html#blood-largest"
bugs = [
    Bug(
        lambda values: pairs(values).max(),
        "negative ones left out",
        "This is the largest positive correlation. One of −0.9 says as much as one of 0.9: compare sizes.",
        LARGEST,
    ),
    Bug(
        lambda values: pairs(values)[np.abs(pairs(values)).argmax()],
        "with its sign",
        "It is the right pair. The task asks for the size of its correlation, without the sign.",
        LARGEST,
        worth=0.75,
    ),
    Bug(
        lambda values: 1.0,
        "a column with itself",
        "Every column has the correlation 1 with itself. Leave the diagonal out.",
        LARGEST,
        worth=0.25,
    ),
    Bug(
        lambda values: np.abs(pairs(values.T)).max(),
        "rows for columns",
        "`np.corrcoef` takes the rows for its variables. Give it the transpose.",
        LARGEST,
    ),
    Bug(
        lambda values: right(values) ** 2,
        "the square",
        "This is the square of the correlation, a share of variance. The task asks for its size.",
        LARGEST,
        worth=0.75,
    ),
]
