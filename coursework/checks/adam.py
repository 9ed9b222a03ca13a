"""Adam: θ after every step on given gradients."""

import numpy as np

from grader import Bug

asks = "adam"


def case(rng):
    """Thirty gradients of two different sizes, and an ε that can be seen."""
    return {
        "gradients": (rng.normal(size=(30, 2)) * [1, 0.05]).tolist(),
        "theta": rng.normal(size=2).tolist(),
        "alpha": float(rng.uniform(0.01, 0.1)),
        "beta1": float(rng.uniform(0.8, 0.95)),
        "beta2": float(rng.uniform(0.95, 0.999)),
        "epsilon": 1e-2,
    }


def run(adam, gradients, theta, **hyperparameters):
    """The student's path."""
    import numpy as np

    return adam(np.array(gradients), np.array(theta), **hyperparameters)


def variation(t0=1, advances=True, corrected=True, kept=False, power=2, inside=False, on_theta=False, sign=-1):
    """Adam, right by default; each argument makes one mistake."""

    def adam(gradients, theta, alpha, beta1, beta2, epsilon):
        m, v, path = np.zeros_like(theta), np.zeros_like(theta), [theta]
        for k, g in enumerate(gradients):
            t = t0 + k if advances else t0
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * np.abs(g) ** power
            m_hat, v_hat = (m / (1 - beta1**t), v / (1 - beta2**t)) if corrected else (m, v)
            m, v = (m_hat, v_hat) if kept else (m, v)
            root = np.sqrt(v_hat + epsilon) if inside else np.sqrt(v_hat) + (0 if on_theta else epsilon)
            theta = theta + sign * alpha * m_hat / root + (epsilon if on_theta else 0)
            path.append(theta)
        return np.array(path)

    return adam


right = variation()
bugs = [
    Bug(
        variation(advances=False),
        "correction by 1 − β",
        "The corrections divide by 1 − β, the same at every step: the power t is missing, or t stays 1. They should "
        "divide by 1 − βᵗ, which is 1 − β at the first step only and tends to 1: an average of t gradients has a "
        "weight of 1 − βᵗ in all.",
        "11-adam.html#adam-correction",
    ),
    Bug(
        variation(corrected=False),
        "no correction",
        "The averages are not corrected. They start at zero, so that the first ones are too small: divide them by "
        "1 − β₁ᵗ and 1 − β₂ᵗ.",
        "11-adam.html#adam-correction",
    ),
    Bug(
        variation(kept=True),
        "corrected averages are kept",
        "The corrected averages go into the next averages, where they are corrected again. Keep m and v as they are; "
        "m̂ and v̂ serve this step only, so they need names of their own.",
        "11-adam.html#adam-rule",
    ),
    Bug(
        variation(t0=0),
        "t starts at 0",
        "t starts at 0, where 1 − βᵗ is zero and the first step is 0/0. The first step has t = 1.",
        "11-adam.html#adam-correction",
    ),
    Bug(
        variation(t0=2),
        "t starts at 2",
        "t is one ahead: the first step has t = 1.",
        "11-adam.html#adam-correction",
    ),
    Bug(
        variation(power=1),
        "no squares",
        "v averages the sizes |g|. It averages the squares, g², which is why its root is taken.",
        "11-adam.html#adam-rule",
    ),
    Bug(
        variation(inside=True),
        "ε inside the root",
        "ε stands inside the root, √(v̂ + ε). In Adam it is added to the root: √v̂ + ε. Inside, √ε acts, which is "
        "much larger.",
        "11-adam.html#adam-where-epsilon",
    ),
    Bug(
        variation(on_theta=True),
        "ε added to θ",
        "ε is added to the parameter. It belongs to the denominator: θ − α m̂ / (√v̂ + ε).",
        "11-adam.html#adam-where-epsilon",
    ),
    Bug(
        variation(sign=1),
        "uphill",
        "The step goes uphill: θ − α …, not θ + α ….",
        "11-adam.html#adam-rule",
    ),
]
