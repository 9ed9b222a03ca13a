"""AdaMax: θ after every step on given gradients."""

import numpy as np

from grader import Bug

asks = "adamax"
tolerance = 1e-5  # so that a guard of 1e-8 in the denominator is no mistake


def case(rng):
    """Thirty gradients of three coordinates; the last one sees its first gradient late."""
    gradients = rng.normal(size=(30, 3)) * [1, 0.3, 1]
    gradients[:5, 2] = 0
    return {
        "gradients": gradients.tolist(),
        "theta": rng.normal(size=3).tolist(),
        "alpha": float(rng.uniform(0.01, 0.1)),
        "beta1": float(rng.uniform(0.8, 0.95)),
        "beta2": float(rng.uniform(0.7, 0.9)),
    }


def run(adamax, gradients, theta, **hyperparameters):
    """The student's path."""
    import numpy as np

    return adamax(np.array(gradients), np.array(theta), **hyperparameters)


def variation(t0=1, advances=True, corrected=True, u_corrected=False, size=np.abs, of_m=False, fades=True,
              average=False, root=False, guarded=True, sign=-1):  # fmt: skip
    """AdaMax, right by default; each argument makes one mistake."""

    def adamax(gradients, theta, alpha, beta1, beta2):
        m, u, path = np.zeros_like(theta), np.zeros_like(theta), [theta]
        for k, g in enumerate(gradients):
            t = t0 + k if advances else t0
            m = beta1 * m + (1 - beta1) * g
            new = size(m if of_m else g)
            u = beta2 * u + (1 - beta2) * new if average else np.maximum((beta2 if fades else 1) * u, new)
            m_hat = m / (1 - beta1**t) if corrected else m
            u_hat = u / (1 - beta2**t) if u_corrected else u
            below = np.sqrt(u_hat) if root else u_hat
            theta = theta + sign * alpha * m_hat / (np.where(u != 0, below, 1) if guarded else below)
            path.append(theta)
        return np.array(path)

    return adamax


right = variation()
bugs = [
    Bug(
        variation(size=np.square),
        "u of squares",
        "u is the largest square g². It is the largest size: max(β₂ u, |g|). Divided by a square, the step no longer "
        "has the length α.",
        "12-adamax.html#adamax-limit",
    ),
    Bug(
        variation(size=np.square, root=True),
        "u of squares under a root",
        "u is the largest square, and the step divides by its root. Then the largest gradient fades with √β₂, not with "
        "β₂. There is no root any more: u ← max(β₂ u, |g|), and the step divides by u.",
        "12-adamax.html#adamax-limit",
    ),
    Bug(
        variation(root=True),
        "root of u",
        "The step divides by √u. In AdaMax the root is gone with the squares: it divides by u.",
        "12-adamax.html#adamax-limit",
    ),
    Bug(
        variation(size=np.square, average=True, root=True),
        "v for u",
        "The step divides by the root of Adam's v, an average of squares. AdaMax divides by a maximum that fades: "
        "u ← max(β₂ u, |g|).",
        "12-adamax.html#adamax-rule",
    ),
    Bug(
        variation(average=True),
        "average for maximum",
        "u is an average of |g|. It is a maximum: either the old u, faded, or the new |g|, whichever is larger.",
        "12-adamax.html#adamax-rule",
    ),
    Bug(
        variation(of_m=True),
        "maximum of m",
        "u keeps the largest |m|. It keeps the largest gradient, |g|; m is what it divides.",
        "12-adamax.html#adamax-rule",
    ),
    Bug(
        variation(size=lambda g: g),
        "no absolute value",
        "u takes the gradient with its sign, so that a long gradient below zero counts for nothing: max(β₂ u, |g|).",
        "12-adamax.html#adamax-rule",
    ),
    Bug(
        variation(size=lambda g: np.max(np.abs(g)) * np.ones_like(g)),
        "one u for all coordinates",
        "u is the largest gradient of all coordinates. Each has a u of its own: np.maximum compares coordinate by "
        "coordinate, np.max finds one number.",
        "12-adamax.html#adamax-rule",
    ),
    Bug(
        variation(fades=False),
        "u never fades",
        "The old u is not multiplied by β₂: a large gradient is never forgotten. max(β₂ u, |g|).",
        "12-adamax.html#adamax-limit",
    ),
    Bug(
        variation(corrected=False),
        "no correction",
        "m is not corrected. It starts at zero like Adam's: divide it by 1 − β₁ᵗ.",
        "12-adamax.html#adamax-rule",
    ),
    Bug(
        variation(advances=False),
        "correction by 1 − β",
        "The correction divides by 1 − β₁, the same at every step: the power t is missing, or t stays 1. It should "
        "divide by 1 − β₁ᵗ.",
        "11-adam.html#adam-correction",
    ),
    Bug(
        variation(u_corrected=True),
        "u corrected",
        "u is divided by 1 − β₂ᵗ. Only m needs that: a maximum is not too small at the start, it is the first gradient "
        "at once.",
        "12-adamax.html#adamax-limit",
    ),
    Bug(
        variation(guarded=False),
        "0/0",
        "Where the gradient has been zero from the start the step is 0/0, and θ is no number any more. There u is "
        "zero, and the step should be zero too.",
        "12-adamax.html#adamax-rule",
        worth=0.75,
    ),
    Bug(
        variation(t0=0),
        "t starts at 0",
        "t starts at 0, where 1 − β₁ᵗ is zero. The first step has t = 1.",
        "11-adam.html#adam-correction",
    ),
    Bug(
        variation(t0=2),
        "t starts at 2",
        "t is one ahead: the first step has t = 1.",
        "11-adam.html#adam-correction",
    ),
    Bug(
        variation(sign=1),
        "uphill",
        "The step goes uphill: θ − α …, not θ + α ….",
        "12-adamax.html#adamax-rule",
    ),
]
