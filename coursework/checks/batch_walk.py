"""Gradient descent with one set of rows for every step."""

import numpy as np

from grader import Bug

asks = "batch_walk"


def case(rng):
    """Eleven rows in sets of four, for three epochs."""
    orders = [rng.permutation(11).tolist() for _ in range(3)]
    return {
        "X": rng.normal(size=(11, 3)).tolist(),
        "y": rng.normal(size=11).tolist(),
        "theta": rng.normal(size=3).tolist(),
        "alpha": float(rng.uniform(0.02, 0.1)),
        "sets": [order[first : first + 4] for order in orders for first in (0, 4, 8)],
    }


def run(batch_walk, X, y, theta, alpha, sets):
    """The student's path."""
    import numpy as np

    return batch_walk(np.array(X), np.array(y), np.array(theta), alpha, [np.array(rows) for rows in sets])


def variation(divisor=lambda rows, sets, n: len(rows), factor=1, reads=lambda rows, n: rows):
    """The walk, right by default; each argument makes one mistake."""

    def batch_walk(X, y, theta, alpha, sets):
        path = [theta]
        for rows in sets:
            part = reads(rows, len(y))
            error = X[part] @ theta - y[part]
            theta = theta - factor * alpha * X[part].T @ error / divisor(part, sets, len(y))
            path.append(theta)
        return np.array(path)

    return batch_walk


right = variation()
MEAN, LOOPS = "03-mini-batches.html#mb-mean", "03-mini-batches.html#mb-three-loops"
bugs = [
    Bug(
        variation(reads=lambda rows, n: np.arange(n)),
        "all rows",
        "Every step reads all rows: that is batch gradient descent. Use the rows of the step's set only.",
        LOOPS,
        worth=0.25,
    ),
    Bug(
        variation(lambda rows, sets, n: n),
        "divided by n",
        "The gradient of a set was divided by the number of all rows. Divide by the size of the set: its mean is what "
        "estimates the mean of all.",
        MEAN,
    ),
    Bug(
        variation(lambda rows, sets, n: 1),
        "sum for mean",
        "The gradient of a set is its sum. Take the mean, or every change of the batch size asks for a new α.",
        MEAN,
    ),
    Bug(
        variation(lambda rows, sets, n: len(sets[0])),
        "the tail divided by the full size",
        "The short set at the end of an epoch was divided by the full size. Divide by its own.",
        "03-mini-batches.html#mb-last-batch",
        worth=0.75,
    ),
    Bug(
        variation(factor=2),
        "the factor 2",
        "The steps are twice too long: the loss is *half* the mean of the squares, so its gradient has no 2. If task 4 "
        "has the same mistake, mend it there.",
        "20-blood-tests.html#blood-ten-inputs",
    ),
    Bug(
        variation(factor=0.5),
        "the factor ½",
        "The steps are half as long as they should be: the ½ of the loss cancels with the 2 of the square. If task 4 "
        "has the same mistake, mend it there.",
        "20-blood-tests.html#blood-ten-inputs",
    ),
    Bug(
        variation(factor=-1),
        "uphill",
        "The walk goes uphill: θ − α times the gradient of the set.",
        "01-gradient-descent.html#gd-rule",
    ),
]
