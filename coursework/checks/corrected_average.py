"""The average that forgets, with its correction."""

import numpy as np

from grader import Bug

asks = "corrected_average"


def case(rng):
    """A noisy series of two numbers that is not around zero."""
    return {"series": (rng.normal(size=(40, 2)) + np.array([2, -1])).tolist(), "beta": float(rng.uniform(0.8, 0.95))}


def run(corrected_average, series, beta):
    """The student's averages."""
    import numpy as np

    return corrected_average(np.array(series), beta)


def variation(
    keep=lambda beta: beta, new=lambda beta: 1 - beta, mass=lambda beta, t: 1 - beta**t, kept=False, from_first=False
):
    """The corrected average, right by default; m ← keep(β) m + new(β) g, divided by mass(β, t)."""

    def corrected_average(series, beta):
        m, found = series[0] if from_first else np.zeros_like(series[0]), []
        for t, g in enumerate(series, start=1):
            m = keep(beta) * m + new(beta) * g
            m_hat = m / np.float64(mass(beta, t))
            found.append(m_hat)
            m = m_hat if kept else m
        return np.array(found)

    return corrected_average


right = variation()
ZERO, AVERAGE = "05-averages.html#avg-zero-start", "05-averages.html#avg-definition"
bugs = [
    Bug(
        variation(mass=lambda beta, t: 1 - beta),
        "correction by 1 − β",
        "The average is divided by 1 − β at every step; the power t is missing, or t stays 1. After t steps the "
        "weights of the series sum to 1 − βᵗ: divide by that.",
        ZERO,
    ),
    Bug(
        variation(mass=lambda beta, t: 1),
        "no correction",
        "The average is not corrected. It starts at zero and believes it: after t steps it is too small by the factor "
        "1 − βᵗ.",
        ZERO,
    ),
    Bug(
        variation(mass=lambda beta, t: 1 - beta ** (t - 1)),
        "t starts at 0",
        "t starts at 0, where 1 − βᵗ is zero and the first value is divided by it. After the first value t = 1.",
        ZERO,
    ),
    Bug(
        variation(mass=lambda beta, t: 1 - beta ** (t + 1)),
        "t starts at 2",
        "t is one ahead: t is the number of values that are in the average.",
        ZERO,
    ),
    Bug(
        variation(kept=True),
        "the corrected average is kept",
        "The corrected average goes into the next step and is corrected again. Keep m as it is, and give m/(1 − βᵗ) a "
        "name of its own.",
        ZERO,
    ),
    Bug(
        variation(from_first=True),
        "started at the first value and corrected",
        "The average starts at the first value, which leaves nothing to correct, and is divided by 1 − βᵗ all the "
        "same. Start at zero.",
        ZERO,
    ),
    Bug(
        variation(from_first=True, mass=lambda beta, t: 1),
        "started at the first value",
        "The average starts at the first value in place of a correction. Nothing is missing, but the first value keeps "
        "a weight of βᵗ, more than any other for a long time. Start at zero and divide by 1 − βᵗ.",
        ZERO,
    ),
    Bug(
        variation(keep=lambda beta: 1 - beta, new=lambda beta: beta),
        "the weights exchanged",
        "β and 1 − β are exchanged in the average. β is the share of the memory that is kept: m ← βm + (1 − β)g.",
        AVERAGE,
    ),
    Bug(
        variation(new=lambda beta: 1),
        "sum form",
        "The value enters whole, so that this is a sum, 1/(1 − β) times too large. m ← βm + (1 − β)g.",
        AVERAGE,
    ),
    Bug(
        variation(keep=lambda beta: 1, new=lambda beta: 1, mass=lambda beta, t: t),
        "the mean of all",
        "This is the mean of all values so far. It never forgets: β does not occur in it.",
        AVERAGE,
        worth=0.25,
    ),
]
