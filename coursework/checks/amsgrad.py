"""AMSGrad: θ after every step on given gradients."""

import numpy as np

from grader import Bug

asks = "amsgrad"


def case(rng):
    """Thirty gradients, a spike among the first in each coordinate, and an ε that can be seen."""
    gradients = rng.normal(size=(30, 2)) * [1, 0.05]
    gradients[rng.integers(2, 10), 0] *= 10
    gradients[rng.integers(2, 10), 1] *= 10
    return {
        "gradients": gradients.tolist(),
        "theta": rng.normal(size=2).tolist(),
        "alpha": float(rng.uniform(0.01, 0.1)),
        "beta1": float(rng.uniform(0.8, 0.95)),
        "beta2": float(rng.uniform(0.8, 0.95)),
        "epsilon": 1e-2,
    }


def run(amsgrad, gradients, theta, **hyperparameters):
    """The student's path."""
    import numpy as np

    return amsgrad(np.array(gradients), np.array(theta), **hyperparameters)


def variation(m_corrected=False, largest="raw", corrected_after=False, inside=False, sign=-1):
    """AMSGrad, right by default; each argument makes one mistake."""

    def amsgrad(gradients, theta, alpha, beta1, beta2, epsilon):
        m, v, top, path = np.zeros_like(theta), np.zeros_like(theta), np.zeros_like(theta), [theta]
        for t, g in enumerate(gradients, start=1):
            m, before = beta1 * m + (1 - beta1) * g, v
            v = beta2 * v + (1 - beta2) * g**2
            m_hat, v_hat = m / (1 - beta1**t) if m_corrected else m, v / (1 - beta2**t)
            match largest:
                case "raw":
                    top = np.maximum(top, v)
                case "corrected":
                    top = np.maximum(top, v_hat)
                case "fed back":
                    top = v = np.maximum(before, v)
                case "last two":
                    top = np.maximum(before, v)
                case "not used":
                    top = v
                case "gradients":
                    top = np.maximum(top, g**2)
                case "all coordinates":
                    top = np.maximum(top, np.max(v))
            below = top / (1 - beta2**t) if corrected_after else top
            theta = theta + sign * alpha * m_hat / (np.sqrt(below + epsilon) if inside else np.sqrt(below) + epsilon)
            path.append(theta)
        return np.array(path)

    return amsgrad


right = variation()
bugs = [
    Bug(
        variation(m_corrected=True, largest="corrected"),
        "maximum of corrected v",
        "m and v are corrected as in Adam, and the maximum is taken of the corrected v. That is optax' form; the "
        "paper, and this task, correct nothing: θ − α m / (√v̂ + ε) with v̂ ← max(v̂, v).",
        "14-amsgrad.html#amsgrad-libraries",
        worth=0.75,
    ),
    Bug(
        variation(m_corrected=True, corrected_after=True),
        "corrected after the maximum",
        "m and the maximum are corrected as in Adam. That is PyTorch's form; the paper, and this task, correct "
        "nothing: θ − α m / (√v̂ + ε).",
        "14-amsgrad.html#amsgrad-libraries",
        worth=0.75,
    ),
    Bug(
        variation(largest="corrected"),
        "maximum of corrected v, m as it is",
        "The maximum is taken of v / (1 − β₂ᵗ). It is taken of v itself. In the first steps the corrected v jumps "
        "about, and a maximum never forgets how high it jumped.",
        "14-amsgrad.html#amsgrad-libraries",
    ),
    Bug(
        variation(m_corrected=True),
        "m corrected",
        "m is corrected by 1 − β₁ᵗ. Nothing is corrected in AMSGrad's paper.",
        "14-amsgrad.html#amsgrad-rule",
    ),
    Bug(
        variation(largest="not used"),
        "v in the denominator",
        "The denominator has v, so that it shrinks when the gradients do. It should have the largest v so far.",
        "14-amsgrad.html#amsgrad-rule",
    ),
    Bug(
        variation(largest="last two"),
        "maximum not kept",
        "The maximum is taken of this v and the one before, and then forgotten. Keep it from step to step: "
        "v̂ ← max(v̂, v).",
        "14-amsgrad.html#amsgrad-rule",
    ),
    Bug(
        variation(largest="fed back"),
        "maximum fed back into v",
        "The maximum is stored as v and goes into the next average. v goes on as Adam's; the maximum needs a name of "
        "its own.",
        "14-amsgrad.html#amsgrad-rule",
    ),
    Bug(
        variation(largest="gradients"),
        "maximum of squares",
        "The denominator keeps the largest g². It keeps the largest v, and v is an average: one wild gradient counts "
        "1 − β₂.",
        "14-amsgrad.html#amsgrad-rule",
    ),
    Bug(
        variation(largest="all coordinates"),
        "one maximum for all coordinates",
        "The maximum is one number for all coordinates. Each has its own: np.maximum compares coordinate by "
        "coordinate, np.max finds one number.",
        "14-amsgrad.html#amsgrad-rule",
    ),
    Bug(
        variation(inside=True),
        "ε inside the root",
        "ε stands inside the root, √(v̂ + ε). It is added to the root: √v̂ + ε. Inside, √ε acts, which is much larger.",
        "11-adam.html#adam-where-epsilon",
    ),
    Bug(
        variation(sign=1),
        "uphill",
        "The step goes uphill: θ − α …, not θ + α ….",
        "14-amsgrad.html#amsgrad-rule",
    ),
]
