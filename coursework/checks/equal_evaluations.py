"""Batch, mini-batch and stochastic descent on the student's own column, each after 20 epochs."""

import numpy as np

from descent import load_blood_test, variant
from grader import Bug

asks = "excess"
trials = 1
tolerance = 1e-6


def case(rng):
    """Nothing to draw: the column follows from the student's name."""
    return {}


def run(excess):
    """The values themselves."""
    return excess


def walks(table, target, together=False, steps=None, ddof=0, drops=False, factor=1):
    """The losses of the three walks above the minimum, and the minimum; right by default."""
    unit = (table - table.mean(axis=0)) / table.std(axis=0, ddof=ddof)
    X, y = np.column_stack([np.ones(39), np.delete(unit, target, axis=1)]), unit[:, target]

    def loss(theta):
        return factor * np.mean((X @ theta - y) ** 2) / 2

    least = loss(np.linalg.lstsq(X, y, rcond=None)[0])
    found, rng = [], np.random.default_rng(0)
    for size in (39, 8, 1):
        rng = rng if together else np.random.default_rng(0)
        theta, taken = np.zeros(11), 0
        for _ in range(20):
            order = rng.permutation(39)
            for first in range(0, 39 // size * size if drops else 39, size):
                rows = order[first : first + size]
                if steps is None or taken < steps:
                    theta = theta - 0.02 * factor * X[rows].T @ (X[rows] @ theta - y[rows]) / len(rows)
                    taken += 1
        found.append(loss(theta) - least)
    return np.array(found), least


def answer(student):
    """The three numbers, and what is taken for them."""
    mended = load_blood_test(mend_units=True)
    target = variant(student, "2-blood-tests").choice([j for j, name in enumerate(mended.columns) if name != "HGB"])
    right, least = walks(mended.values, target)
    batches = "20-blood-tests.html#blood-batches"
    return right, [
        Bug(
            walks(mended.values, target, steps=20)[0],
            "equal steps",
            "All three took 20 steps, so that one read 780 rows, one 160 and one 20. Compare them at equal cost: 20 "
            "epochs are 20 steps with all rows, 100 with sets of 8 and 780 with single rows.",
            "03-mini-batches.html#mb-how-many",
        ),
        Bug(
            right + least,
            "the loss for the excess",
            "These are the losses. Subtract the loss of the exact minimum, which no walk gets below.",
            batches,
            worth=0.75,
        ),
        Bug(
            walks(load_blood_test().values, target)[0],
            "the table as printed",
            "These are the numbers of the table as it is printed, with the row in other units. Take the mended one.",
            "20-blood-tests.html#blood-look",
        ),
        Bug(
            walks(mended.values, target, together=True)[0],
            "one generator for all",
            "The three walks draw from one generator, one after the other. Give each a fresh default_rng(0).",
            batches,
            worth=0.75,
        ),
        *(
            Bug(walks(mended.values, target, **mistake)[0], name, says, page, worth=0.75)
            for mistake, name, says, page in (
                (
                    {"ddof": 1},
                    "carried over: n − 1 for n",
                    "The columns were standardised with n − 1, in task 2. From there on it is right.",
                    "20-blood-tests.html#blood-ten-inputs",
                ),
                (
                    {"drops": True},
                    "carried over: the tail dropped",
                    "The sets of 8 leave out the last 7 rows of every epoch, in task 5. From there on it is right.",
                    "03-mini-batches.html#mb-last-batch",
                ),
                (
                    {"factor": 2},
                    "carried over: without the ½",
                    "The loss and its gradient lack the ½, in task 4. From there on it is right.",
                    "20-blood-tests.html#blood-ten-inputs",
                ),
            )
        ),
        Bug(
            right[::-1],
            "the order turned round",
            "The order is all rows, sets of 8, single rows.",
            batches,
            worth=0.75,
        ),
    ]
