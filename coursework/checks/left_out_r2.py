"""R² on rows that the fit has not seen."""

import numpy as np

from grader import Bug

asks = "left_out_r2"


def case(rng):
    """Sixteen rows, four weights, and a target that is partly noise."""
    X = np.column_stack([np.ones(16), rng.normal(size=(16, 3))])
    return {"X": X.tolist(), "y": (X @ rng.normal(size=4) + 1 + rng.normal(size=16)).tolist()}


def run(left_out_r2, X, y):
    """The student's R²."""
    import numpy as np

    return left_out_r2(np.array(X), np.array(y))


def errors(X, y):
    """The errors of the fit, those at left-out rows, the deviations from the mean, and those from the others' mean."""
    projection = X @ np.linalg.pinv(X)
    error, spread, n = y - projection @ y, y - y.mean(), len(y)
    return error, error / (1 - np.diag(projection)), spread, spread * n / (n - 1)


def right(X, y):
    """1 − the left-out squares of the fit over those of the mean."""
    _, left_out, _, mean_left_out = errors(X, y)
    return 1 - left_out @ left_out / (mean_left_out @ mean_left_out)


def seen(X, y):
    """R² on the rows of the fit."""
    error, _, spread, _ = errors(X, y)
    return 1 - error @ error / (spread @ spread)


def fit_has_seen(X, y):
    """The mean is taken over the others, the fit over all rows."""
    error, _, _, mean_left_out = errors(X, y)
    return 1 - error @ error / (mean_left_out @ mean_left_out)


def mean_has_seen(X, y):
    """The mean is taken over all rows."""
    _, left_out, spread, _ = errors(X, y)
    return 1 - left_out @ left_out / (spread @ spread)


def against_zero(X, y):
    """Compares with predicting 0."""
    _, left_out, _, _ = errors(X, y)
    return 1 - left_out @ left_out / (y @ y)


def adjusted(X, y):
    """Corrects the fitted R² for the number of weights."""
    n, dim = X.shape
    return 1 - (1 - seen(X, y)) * (n - 1) / (n - dim)


HONEST = "20-blood-tests.html#blood-honest"
bugs = [
    Bug(
        seen,
        "rows that the fit has seen",
        "This is R² on the rows of the fit. With enough weights that is high for pure noise. Leave a row out, fit the "
        "others, predict the one.",
        HONEST,
        worth=0.25,
    ),
    Bug(
        fit_has_seen,
        "the fit has seen the row",
        "The mean has not seen the row, and the fit has: it was made from all rows. Fit again without each row.",
        HONEST,
        worth=0.25,
    ),
    Bug(
        mean_has_seen,
        "the mean has seen the row",
        "The fit has not seen the row, and the mean that it is compared with has. Take the mean of the other rows too.",
        HONEST,
        worth=0.75,
    ),
    Bug(
        against_zero,
        "compared with zero",
        "The errors are compared with those of predicting 0. R² compares with the mean of the other rows.",
        HONEST,
    ),
    Bug(
        lambda X, y: 1 - right(X, y),
        "the share that is left",
        "This is the share of the squares that is left. R² is 1 minus it.",
        HONEST,
    ),
    Bug(
        adjusted,
        "adjusted R²",
        "This is the adjusted R², which corrects the fitted one for the number of weights. It has seen all rows.",
        HONEST,
        worth=0.25,
    ),
    Bug(
        lambda X, y: np.corrcoef(y, y - errors(X, y)[1])[0, 1] ** 2,
        "a squared correlation",
        "This is the squared correlation of y with its left-out predictions. It forgives a wrong scale, and can't be "
        "negative; R² can, and says then that the mean predicts better.",
        HONEST,
    ),
]
