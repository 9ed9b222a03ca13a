"""Nesterov's method: the gradient at the look-ahead point."""

import numpy as np

from grader import Bug

asks = "nesterov"


def case(rng):
    """Slopes that level off far out, and an α for every step."""
    return {
        "curvatures": [float(rng.uniform(0.5, 1)), float(rng.uniform(3, 5))],
        "theta": rng.uniform(1, 3, 2).tolist(),
        "alphas": rng.uniform(0.05, 0.2, 25).tolist(),
        "beta": float(rng.uniform(0.6, 0.9)),
    }


def run(nesterov, curvatures, theta, alphas, beta):
    """The student's path."""
    import numpy as np

    def grad(theta):
        return np.array(curvatures) * np.tanh(theta)

    return nesterov(grad, np.array(theta), np.array(alphas), beta)


def variation(ahead=lambda alpha, beta: beta, new=lambda alpha, beta: alpha, sign=-1, late=False, from_ahead=False):
    """Nesterov's method, right by default; g is taken at θ − ahead(α, β) v, and each argument makes one mistake."""

    def nesterov(grad, theta, alphas, beta):
        v, path = np.zeros_like(theta), [theta]
        for alpha in alphas:
            old, probe = v, theta - ahead(alpha, beta) * v
            v = beta * v + new(alpha, beta) * grad(probe)
            theta = (probe if from_ahead else theta) + sign * (old if late else v)
            path.append(theta)
        return np.array(path)

    return nesterov


def form_s(grad, theta, alphas, beta):
    """The learning rate outside the memory."""
    b, path = np.zeros_like(theta), [theta]
    for alpha in alphas:
        b = beta * b + grad(theta - alpha * beta * b)
        theta = theta - alpha * b
        path.append(theta)
    return np.array(path)


def stored(grad, theta, alphas, beta):
    """The path of the look-ahead points."""
    v, path = np.zeros_like(theta), [theta]
    for alpha in alphas:
        g = grad(theta)
        v = beta * v + alpha * g
        theta = theta - (beta * v + alpha * g)
        path.append(theta)
    return np.array(path)


right = variation()
RULE, SIGN = "07-nesterov.html#nesterov-rule", "07-nesterov.html#nesterov-sign"
bugs = [
    Bug(
        variation(ahead=lambda alpha, beta: 0),
        "the gradient at θ",
        "The gradient is taken at θ: that is momentum. Look ahead to θ − βv, where the velocity is about to carry the "
        "walk, and take it there.",
        RULE,
    ),
    Bug(
        variation(ahead=lambda alpha, beta: -beta),
        "looks behind",
        "The look-ahead point has the wrong sign: the velocity is subtracted from θ, so the walk is about to go to "
        "θ − βv. (Where v is added, it is θ + βv.) A look behind takes friction away where the ground is steep.",
        SIGN,
    ),
    Bug(
        variation(ahead=lambda alpha, beta: 1),
        "looks too far",
        "The gradient is taken at θ − v. Of the old velocity the step will keep the share β only: look at θ − βv.",
        RULE,
    ),
    Bug(
        variation(ahead=lambda alpha, beta: alpha * beta),
        "α in the look-ahead",
        "The look-ahead is θ − αβv. The velocity of this form has its α inside already: θ − βv.",
        RULE,
    ),
    Bug(
        variation(from_ahead=True),
        "the memory counted twice",
        "The step starts at the look-ahead point and takes the whole velocity once more, so βv counts twice. The "
        "look-ahead point is for the gradient alone: θ ← θ − v from θ.",
        RULE,
    ),
    Bug(
        stored,
        "the ghost",
        "This is the path of the look-ahead points, the form of the libraries. It belongs to the right walk, which is "
        "at p + βv, but the path of the task is that of θ.",
        "07-nesterov.html#nesterov-stored",
        worth=0.75,
    ),
    Bug(
        form_s,
        "form S",
        "The learning rate stands outside the memory: b ← βb + g, θ ← θ − αb. With one α for all steps it is the same "
        "path; here α changes, and the two part. v ← βv + αg, θ ← θ − v.",
        "06-momentum.html#momentum-forms",
        worth=0.75,
    ),
    Bug(
        variation(new=lambda alpha, beta: (1 - beta) * alpha),
        "averaging form",
        "The gradient enters with 1 − β. Here the velocity is a sum: v ← βv + αg.",
        "06-momentum.html#momentum-forms",
    ),
    Bug(
        variation(new=lambda alpha, beta: 1),
        "α left out",
        "α is nowhere: the velocity takes in the whole gradient. v ← βv + αg.",
        RULE,
    ),
    Bug(
        variation(sign=1),
        "uphill",
        "The walk goes uphill. With v ← βv + αg the velocity is subtracted: θ ← θ − v.",
        RULE,
    ),
    Bug(
        variation(late=True),
        "the step with the old velocity",
        "θ moves by the velocity from before this step's gradient. First v ← βv + αg with the gradient ahead, then "
        "θ ← θ − v with this new v.",
        RULE,
    ),
]
