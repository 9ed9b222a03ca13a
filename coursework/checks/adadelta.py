"""Adadelta: θ after every step on given gradients."""

import numpy as np

from grader import Bug

asks = "adadelta"


def case(rng):
    """Thirty gradients of two different sizes, and an ε that can be seen."""
    return {
        "gradients": (rng.normal(size=(30, 2)) * [1, 0.05]).tolist(),
        "theta": rng.normal(size=2).tolist(),
        "beta": float(rng.uniform(0.8, 0.95)),
        "epsilon": float(rng.uniform(1e-3, 1e-2)),
    }


def run(adadelta, gradients, theta, **hyperparameters):
    """The student's path."""
    import numpy as np

    return adadelta(np.array(gradients), np.array(theta), **hyperparameters)


def variation(above="u before", below="s", average="steps", sums=False, corrected=False, outside=False, rooted=True,
              on_theta=False, sign=-1):  # fmt: skip
    """Adadelta, right by default; each argument makes one mistake."""

    def adadelta(gradients, theta, beta, epsilon):
        s, u, path = np.zeros_like(theta), np.zeros_like(theta), [theta]

        def size(mean, mass):
            mean = mean / mass
            if not rooted:
                return mean + epsilon
            return np.sqrt(mean) + epsilon if outside else np.sqrt(mean + epsilon)

        for t, g in enumerate(gradients, start=1):
            before, s = s, s + g**2 if sums else beta * s + (1 - beta) * g**2
            mass = 1 - beta**t if corrected else 1
            bottom = size(before if below == "s before" else s, mass)
            match above:
                case "u before":
                    d = g * size(u, mass) / bottom
                case "u after":  # of the step that the old u gives
                    u_now = beta * u + (1 - beta) * (g * size(u, mass) / bottom) ** 2
                    d = g * size(u_now, mass) / bottom
                case "exchanged":
                    d = g * bottom / size(u, mass)
                case "√ε":
                    d = g * np.sqrt(epsilon) / bottom
                case "1":
                    d = g / bottom
            new = {"steps": d**2, "sizes": np.abs(d), "θ": (theta + sign * d) ** 2, "gradients": g**2}[average]
            u = u + new if sums else beta * u + (1 - beta) * new
            theta = theta + sign * d + (epsilon if on_theta else 0)
            path.append(theta)
        return np.array(path)

    return adadelta


right = variation()
bugs = [
    Bug(
        variation("exchanged"),
        "the two averages exchanged",
        "The size of the gradients stands above and that of the steps below. Steps over gradients: "
        "d = g √(u + ε) / √(s + ε).",
        "09-adadelta.html#adadelta-rule",
    ),
    Bug(
        variation("u after"),
        "u before its time",
        "The step's square enters u, and the new u makes the step. The step that is being taken is not in the "
        "numerator yet: first s, then d with the old u, then u.",
        "09-adadelta.html#adadelta-rule",
    ),
    Bug(
        variation(below="s before"),
        "s without the newest gradient",
        "The denominator has the average before this gradient. First the new s, then the step: so a spike is divided "
        "by itself.",
        "09-adadelta.html#adadelta-rule",
    ),
    Bug(
        variation("√ε"),
        "u never grows",
        "The numerator stays √ε: u is not updated. After each step u ← β u + (1 − β) d².",
        "09-adadelta.html#adadelta-rule",
    ),
    Bug(
        variation("1"),
        "no numerator",
        "This is the first form, with a window alone, and a rate of 1: RMSprop. The steps' own size, √(u + ε), stands "
        "in the numerator.",
        "09-adadelta.html#adadelta-window",
    ),
    Bug(
        variation(average="sizes"),
        "step not squared",
        "u averages |d|. It averages d², of which the root is taken.",
        "09-adadelta.html#adadelta-rule",
    ),
    Bug(
        variation(average="θ"),
        "u of θ",
        "u averages the squares of θ. It averages those of the steps: the size of θ depends on where its zero lies.",
        "09-adadelta.html#adadelta-rule",
    ),
    Bug(
        variation(average="gradients"),
        "u of gradients",
        "u averages g², as s does. It averages the squared steps, d².",
        "09-adadelta.html#adadelta-rule",
    ),
    Bug(
        variation(sums=True),
        "sums for averages",
        "s and u are sums, which never forget. Both are averages: β s + (1 − β) g², β u + (1 − β) d².",
        "09-adadelta.html#adadelta-window",
    ),
    Bug(
        variation(corrected=True),
        "corrected where nothing is",
        "The averages are divided by 1 − βᵗ. That is Adam's correction; Adadelta has none.",
        "09-adadelta.html#adadelta-rule",
    ),
    Bug(
        variation(rooted=False),
        "roots left out",
        "The quotient is (u + ε)/(s + ε). Take both roots: without them it is no step over a gradient.",
        "09-adadelta.html#adadelta-units",
    ),
    Bug(
        variation(outside=True),
        "ε outside the roots",
        "ε is added to the roots. In Adadelta it stands inside both: √(u + ε) / √(s + ε), so that √ε starts the walk.",
        "09-adadelta.html#adadelta-root",
    ),
    Bug(
        variation(on_theta=True),
        "ε added to θ",
        "ε is added to the parameter. It belongs inside the two roots.",
        "09-adadelta.html#adadelta-rule",
    ),
    Bug(
        variation(sign=1),
        "uphill",
        "The step goes uphill: θ − d, not θ + d.",
        "09-adadelta.html#adadelta-rule",
    ),
]
