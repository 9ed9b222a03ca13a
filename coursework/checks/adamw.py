"""AdamW: θ after every step on given gradients."""

import numpy as np

from grader import Bug

asks = "adamw"


def case(rng):
    """Thirty gradients of two different sizes, a decay and an ε that can be seen."""
    return {
        "gradients": (rng.normal(size=(30, 2)) * [1, 0.05]).tolist(),
        "theta": rng.normal(size=2).tolist(),
        "alpha": float(rng.uniform(0.01, 0.1)),
        "beta1": float(rng.uniform(0.8, 0.95)),
        "beta2": float(rng.uniform(0.95, 0.999)),
        "epsilon": 1e-2,
        "weight_decay": float(rng.uniform(0.1, 0.5)),
    }


def run(adamw, gradients, theta, **hyperparameters):
    """The student's path."""
    import numpy as np

    return adamw(np.array(gradients), np.array(theta), **hyperparameters)


def variation(decays="beside", t0=1, advances=True, corrected=True, inside=False, sign=-1):
    """AdamW, right by default; each argument makes one mistake."""

    def adamw(gradients, theta, alpha, beta1, beta2, epsilon, weight_decay):
        m, v, path = np.zeros_like(theta), np.zeros_like(theta), [theta]
        for k, g in enumerate(gradients):
            t = t0 + k if advances else t0
            g = g + weight_decay * theta if decays == "in g" else g
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g**2
            m_hat, v_hat = (m / (1 - beta1**t), v / (1 - beta2**t)) if corrected else (m, v)
            m_hat = m_hat + weight_decay * theta if decays == "above" else m_hat
            step = sign * alpha * m_hat / (np.sqrt(v_hat + epsilon) if inside else np.sqrt(v_hat) + epsilon)
            match decays:
                case "beside":
                    theta = theta + step - alpha * weight_decay * theta
                case "without α":
                    theta = theta + step - weight_decay * theta
                case "after":
                    theta = (1 - alpha * weight_decay) * (theta + step)
                case "outwards":
                    theta = theta + step + alpha * weight_decay * theta
                case _:
                    theta = theta + step
            path.append(theta)
        return np.array(path)

    return adamw


right = variation()
bugs = [
    Bug(
        variation("in g"),
        "L2 for decoupled decay",
        "λ θ is added to the gradient. Then it goes through both averages and is divided by √v̂, so that weights with "
        "large gradients hardly decay. Leave the gradient alone and subtract α λ θ beside Adam's step.",
        "15-adamw.html#adamw-adam",
    ),
    Bug(
        variation("above"),
        "decay divided by the root",
        "λ θ is added to m̂ and divided by √v̂ with it. The decay stands beside the quotient: "
        "θ − α m̂ / (√v̂ + ε) − α λ θ.",
        "15-adamw.html#adamw-rule",
    ),
    Bug(
        variation("without α"),
        "decay not scaled by α",
        "λ θ is subtracted without α. That is the paper's form, and the book's, where λ is the share that goes at each "
        "step. This task asks for the libraries' form: α λ θ.",
        "15-adamw.html#adamw-libraries",
        worth=0.75,
    ),
    Bug(
        variation("after"),
        "decay of the θ after the step",
        "The decay is taken from θ after Adam's step, so that the step decays too. Both terms start from the same θ: "
        "one line, θ − α m̂ / (√v̂ + ε) − α λ θ.",
        "15-adamw.html#adamw-rule",
    ),
    Bug(
        variation("outwards"),
        "decay outwards",
        "The decay makes θ larger. It pulls towards zero: − α λ θ.",
        "15-adamw.html#adamw-small",
    ),
    Bug(
        variation("never"),
        "no decay",
        "This is Adam: nothing decays. Subtract α λ θ at every step.",
        "15-adamw.html#adamw-rule",
    ),
    Bug(
        variation(advances=False),
        "correction by 1 − β",
        "The corrections divide by 1 − β, the same at every step: the power t is missing, or t stays 1. They should "
        "divide by 1 − βᵗ.",
        "11-adam.html#adam-correction",
    ),
    Bug(
        variation(corrected=False),
        "no correction",
        "The averages are not corrected. Adam's part is as in task 1: divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ.",
        "11-adam.html#adam-correction",
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
        variation(inside=True),
        "ε inside the root",
        "ε stands inside the root, √(v̂ + ε). It is added to the root: √v̂ + ε. Inside, √ε acts, which is much larger.",
        "11-adam.html#adam-where-epsilon",
    ),
    Bug(
        variation(sign=1),
        "uphill",
        "Adam's step goes uphill: θ − α m̂ …, not θ + α m̂ ….",
        "11-adam.html#adam-rule",
    ),
]
