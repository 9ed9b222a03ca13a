"""Momentum in the averaging form."""

import numpy as np

from grader import Bug

asks = "averaged_momentum"


def case(rng):
    """Slopes that level off far out."""
    return {
        "curvatures": [float(rng.uniform(0.5, 1)), float(rng.uniform(3, 5))],
        "theta": rng.uniform(1, 3, 2).tolist(),
        "alpha": float(rng.uniform(0.3, 0.6)),
        "beta": float(rng.uniform(0.7, 0.9)),
        "steps": 25,
    }


def run(averaged_momentum, curvatures, theta, alpha, beta, steps):
    """The student's path."""
    import numpy as np

    def grad(theta):
        return np.array(curvatures) * np.tanh(theta)

    return averaged_momentum(grad, np.array(theta), alpha, beta, steps)


def variation(
    keep=lambda beta: beta,
    new=lambda beta: 1 - beta,
    corrected=False,
    step=lambda alpha: alpha,
    sign=-1,
    late=False,
    from_first=False,
):
    """The averaging form, right by default: m ← keep(β) m + new(β) g,  θ ← θ + sign step(α) m."""

    def averaged_momentum(grad, theta, alpha, beta, steps):
        m, path = grad(theta) if from_first else np.zeros_like(theta), [theta]
        for t in range(1, steps + 1):
            old = m
            m = keep(beta) * m + new(beta) * grad(theta)
            theta = theta + sign * step(alpha) * (old if late else m) / (1 - beta**t if corrected else 1)
            path.append(theta)
        return np.array(path)

    return averaged_momentum


right = variation()
FORMS, AVERAGE = "06-momentum.html#momentum-forms", "05-averages.html#avg-definition"
bugs = [
    Bug(
        variation(new=lambda beta: 1),
        "sum form",
        "The gradient enters whole: that is a sum, whose steps are 1/(1 − β) times as long. An average takes the share "
        "1 − β of it: m ← βm + (1 − β)g.",
        FORMS,
    ),
    Bug(
        variation(keep=lambda beta: 1 - beta, new=lambda beta: beta),
        "the weights exchanged",
        "β and 1 − β are exchanged. β is the share of the memory that is kept: m ← βm + (1 − β)g.",
        AVERAGE,
    ),
    Bug(
        variation(keep=lambda beta: 1),
        "nothing is forgotten",
        "All of the old average is kept, so the weights do not sum to 1. Keep the share β of it.",
        AVERAGE,
    ),
    Bug(
        variation(sign=1),
        "uphill",
        "The walk goes uphill: θ ← θ − αm.",
        FORMS,
    ),
    Bug(
        variation(late=True),
        "the step with the old average",
        "θ moves by the average from before this step's gradient: every gradient comes one step late. First m, then θ "
        "with the new m.",
        FORMS,
    ),
    Bug(
        variation(corrected=True),
        "corrected",
        "The average is divided by 1 − βᵗ. That cures the start from zero, and task 4 asks for it; this form leaves it "
        "out.",
        "05-averages.html#avg-rule",
        worth=0.75,
    ),
    Bug(
        variation(from_first=True),
        "started at the first gradient",
        "The average starts at the first gradient, so the first step is α g. It should start at zero.",
        "05-averages.html#avg-zero-start",
        worth=0.75,
    ),
    Bug(
        variation(step=lambda alpha: alpha**2),
        "α twice",
        "α counts twice, in the average and in the step. Here it stands in the step alone: θ ← θ − αm.",
        FORMS,
    ),
    Bug(
        variation(step=lambda alpha: 1),
        "α left out",
        "α is nowhere: the step is the average itself. θ ← θ − αm.",
        FORMS,
    ),
]
