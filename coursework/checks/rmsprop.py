"""RMSprop: θ after every step on given gradients."""

import numpy as np

from grader import Bug

asks = "rmsprop"


def case(rng):
    """Thirty gradients of two different sizes, and an ε that can be seen."""
    return {
        "gradients": (rng.normal(size=(30, 2)) * [1, 0.05]).tolist(),
        "theta": rng.normal(size=2).tolist(),
        "alpha": float(rng.uniform(0.01, 0.1)),
        "beta": float(rng.uniform(0.8, 0.95)),
        "epsilon": 1e-2,
    }


def run(rmsprop, gradients, theta, **hyperparameters):
    """The student's path."""
    import numpy as np

    return rmsprop(np.array(gradients), np.array(theta), **hyperparameters)


def variation(kept="β", added="1 − β", squares=True, rooted=True, late=False, first="zero", corrected=False,
              inside=False, on_theta=False, sign=-1):  # fmt: skip
    """RMSprop, right by default; each argument makes one mistake."""

    def rmsprop(gradients, theta, alpha, beta, epsilon):
        weights = {"β": beta, "1 − β": 1 - beta, "1": 1}
        s, path = gradients[0] ** 2 if first == "g²" else np.zeros_like(theta), [theta]
        for t, g in enumerate(gradients, start=1):
            new = g**2 if squares else g
            before, s = s, weights[kept] * s + weights[added] * new
            used = before if late else s / (1 - beta**t) if corrected else s
            used = used if squares else used**2
            root = (np.sqrt(used + epsilon) if inside else np.sqrt(used)) if rooted else used
            theta = theta + sign * alpha * g / (root + (0 if inside or on_theta else epsilon))
            theta = theta + (epsilon if on_theta else 0)
            path.append(theta)
        return np.array(path)

    return rmsprop


right = variation()
bugs = [
    Bug(
        variation(kept="1", added="1"),
        "sum for average",
        "s is the sum of all squares: that is AdaGrad, whose steps become shorter and shorter. RMSprop's s is an "
        "average that forgets: β s + (1 − β) g².",
        "10-rmsprop.html#rmsprop-rule",
    ),
    Bug(
        variation(added="1"),
        "1 − β left out",
        "s is a sum that forgets, β s + g². Without the factor 1 − β it is 1/(1 − β) times too large and the steps are "
        "too short by √(1 − β).",
        "10-rmsprop.html#rmsprop-disagree",
    ),
    Bug(
        variation(kept="1 − β", added="β"),
        "β and 1 − β exchanged",
        "β multiplies the new square and 1 − β the old average, which is then forgotten at once. β is the share that "
        "is kept: β s + (1 − β) g².",
        "05-averages.html#avg-definition",
    ),
    Bug(
        variation(squares=False),
        "average of gradients",
        "The gradients are averaged and the average is squared, so that those of opposite signs cancel. Average their "
        "squares, g².",
        "10-rmsprop.html#rmsprop-rule",
    ),
    Bug(
        variation(rooted=False),
        "root left out",
        "The step is divided by s. It is divided by √s, the root mean square that gives the rule its name.",
        "10-rmsprop.html#rmsprop-rule",
    ),
    Bug(
        variation(late=True),
        "s without the newest gradient",
        "The step is divided by the average before this gradient, which is zero at first. First the new s, then the "
        "step.",
        "10-rmsprop.html#rmsprop-rule",
    ),
    Bug(
        variation(corrected=True),
        "corrected where nothing is",
        "s is divided by 1 − βᵗ. That is Adam's correction; RMSprop has none, and its first step is α/√(1 − β) long.",
        "10-rmsprop.html#rmsprop-start",
    ),
    Bug(
        variation(first="g²"),
        "s starts at g²",
        "s starts at the first square. It starts at zero here, so that s₁ = (1 − β) g².",
        "10-rmsprop.html#rmsprop-start",
    ),
    Bug(
        variation(inside=True),
        "ε inside the root",
        "ε stands inside the root, √(s + ε). Here it is added to the root: √s + ε. Inside, √ε acts, which is much "
        "larger.",
        "10-rmsprop.html#rmsprop-disagree",
    ),
    Bug(
        variation(on_theta=True),
        "ε added to θ",
        "ε is added to the parameter. It belongs to the denominator: θ − α g / (√s + ε).",
        "10-rmsprop.html#rmsprop-rule",
    ),
    Bug(
        variation(sign=1),
        "uphill",
        "The step goes uphill: θ − α …, not θ + α ….",
        "10-rmsprop.html#rmsprop-rule",
    ),
]
