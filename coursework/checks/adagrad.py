"""AdaGrad: θ after every step on given gradients."""

import numpy as np

from grader import Bug

asks = "adagrad"


def case(rng):
    """Thirty gradients of two different sizes, and an ε that can be seen."""
    return {
        "gradients": (rng.normal(size=(30, 2)) * [1, 0.05]).tolist(),
        "theta": rng.normal(size=2).tolist(),
        "alpha": float(rng.uniform(0.1, 1)),
        "epsilon": 1e-2,
    }


def run(adagrad, gradients, theta, **hyperparameters):
    """The student's path."""
    import numpy as np

    return adagrad(np.array(gradients), np.array(theta), **hyperparameters)


def variation(share=1.0, sums="squares", mean=False, late=False, below="root plus ε", on_theta=False, sign=-1):
    """AdaGrad, right by default; each argument makes one mistake."""

    def adagrad(gradients, theta, alpha, epsilon):
        s, path = np.zeros_like(theta), [theta]
        for t, g in enumerate(gradients, start=1):
            new = {"squares": g**2, "sizes": np.abs(g), "gradients": g, "length": np.sum(g**2)}[sums]
            before, s = s, share * s + (new if share == 1 else (1 - share) * new)
            used = (before if late else s) / (t if mean else 1)
            used = used**2 if sums == "gradients" else used
            match below:
                case "root plus ε":
                    root = np.sqrt(used) + (0 if on_theta else epsilon)
                case "root of sum and ε":
                    root = np.sqrt(used + epsilon)
                case "no root":
                    root = used + epsilon
            theta = theta + sign * alpha * g / root + (epsilon if on_theta else 0)
            path.append(theta)
        return np.array(path)

    return adagrad


right = variation()
bugs = [
    Bug(
        variation(share=0.9),
        "average for sum",
        "s is an average that forgets, with β = 0.9: that is RMSprop, which the next task asks for. AdaGrad's s is a "
        "sum, s + g², and forgets nothing.",
        "08-adagrad.html#adagrad-rule",
    ),
    Bug(
        variation(mean=True),
        "mean for sum",
        "The squares are divided by their number. With the mean the rate is α/σ and does not fall; AdaGrad's falls "
        "like 1/√t, since s is the sum.",
        "08-adagrad.html#adagrad-rule",
    ),
    Bug(
        variation(sums="sizes", below="no root"),
        "sum of sizes",
        "The step is divided by the sum of |g|. It is divided by the root of the sum of squares.",
        "08-adagrad.html#adagrad-rule",
    ),
    Bug(
        variation(sums="sizes"),
        "squares left out",
        "s adds up |g|, and the step divides by its root. Square each gradient before it is added.",
        "08-adagrad.html#adagrad-rule",
    ),
    Bug(
        variation(sums="gradients"),
        "square of the sum",
        "The gradients are added up first and squared afterwards, so that those of opposite signs cancel. Add up their "
        "squares: s + g².",
        "08-adagrad.html#adagrad-rule",
    ),
    Bug(
        variation(sums="length"),
        "one s for all coordinates",
        "s adds up the squared length of the whole gradient. Each coordinate has a sum of its own, or there is no rate "
        "for each parameter.",
        "08-adagrad.html#adagrad-clock",
    ),
    Bug(
        variation(below="no root"),
        "root left out",
        "The step is divided by s. It is divided by √s: only then does the size of the loss cancel.",
        "08-adagrad.html#adagrad-disagree",
    ),
    Bug(
        variation(late=True),
        "s without the newest gradient",
        "The step is divided by the sum before this gradient, which is zero at first. First s ← s + g², then the step.",
        "08-adagrad.html#adagrad-rule",
    ),
    Bug(
        variation(below="root of sum and ε"),
        "ε inside the root",
        "ε stands inside the root, √(s + ε). Here it is added to the root: √s + ε. Inside, √ε acts, which is much "
        "larger.",
        "08-adagrad.html#adagrad-disagree",
    ),
    Bug(
        variation(on_theta=True),
        "ε added to θ",
        "ε is added to the parameter. It belongs to the denominator: θ − α g / (√s + ε).",
        "08-adagrad.html#adagrad-rule",
    ),
    Bug(
        variation(sign=1),
        "uphill",
        "The step goes uphill: θ − α …, not θ + α ….",
        "08-adagrad.html#adagrad-rule",
    ),
]
