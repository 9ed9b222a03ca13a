"""Every column in its own spreads, from its own mean."""

from grader import Bug

asks = "standardise"


def case(rng):
    """A small table in several units."""
    return {"values": (rng.normal(size=(12, 4)) * [1, 10, 0.1, 3] + [5, 200, 1, -7]).tolist()}


def run(standardise, values):
    """The student's table."""
    import numpy as np

    return standardise(np.array(values))


def right(values):
    """(x − mean) / spread, column by column."""
    return (values - values.mean(axis=0)) / values.std(axis=0)


UNITS = "20-blood-tests.html#blood-scaling"
bugs = [
    Bug(
        lambda values: (values - values.mean(axis=0)) / values.std(axis=0, ddof=1),
        "n − 1 for n",
        "The spread was taken with n − 1 (ddof=1, the custom of R, pandas and PyTorch). The task asks for n, NumPy's "
        "`std` as it is: then the mean of the squares of each column is exactly 1.",
        UNITS,
        worth=0.75,
    ),
    Bug(
        lambda values: values - values.mean(axis=0),
        "the mean only",
        "The mean is subtracted, and the unit is still there. Divide by the spread of the column.",
        UNITS,
    ),
    Bug(
        lambda values: values / values.std(axis=0),
        "the spread only",
        "The unit is gone, and the mean is still there. Subtract it first.",
        UNITS,
    ),
    Bug(
        lambda values: (values - values.mean(axis=0)) / values.var(axis=0),
        "the variance for the spread",
        "The columns were divided by their variance. The spread is its root.",
        UNITS,
    ),
    Bug(
        lambda values: (values - values.mean()) / values.std(),
        "one ruler for all columns",
        "One mean and one spread were taken for the whole table. Each column has its own unit, so each needs its own: "
        "`axis=0`.",
        UNITS,
    ),
    Bug(
        lambda values: (values - values.mean(axis=1, keepdims=True)) / values.std(axis=1, keepdims=True),
        "rows for columns",
        "The rows were standardised. The columns are the ones with a unit each: `axis=0`.",
        UNITS,
    ),
    Bug(
        lambda values: (values - values.min(axis=0)) / (values.max(axis=0) - values.min(axis=0)),
        "from 0 to 1",
        "Each column runs from 0 to 1 now. That is another custom; standardised, it has the mean 0 and the spread 1.",
        UNITS,
        worth=0.25,
    ),
    Bug(lambda values: values, "not at all", "The table came back as it was.", UNITS, worth=0),
]
