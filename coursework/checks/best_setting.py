"""The best α and β of momentum in the student's own valley."""

import numpy as np

from descent import variant
from grader import Bug

asks = "best_setting"
trials = 1
tolerance = 1e-6


def case(rng):
    """Nothing to draw: the valley follows from the student's name."""
    return {}


def run(best_setting):
    """The values themselves."""
    return best_setting


def answer(student):
    """α★ and β★, and what is taken for them."""
    rng = variant(student, "3-momentum")
    low, high = rng.uniform(0.3, 1), rng.uniform(40, 120)
    kappa = high / low
    root, wide = np.sqrt(kappa), np.sqrt(3 * kappa + 1)
    alpha, factor = 4 / (np.sqrt(low) + np.sqrt(high)) ** 2, (root - 1) / (root + 1)
    beta = factor**2
    here, nesterov = "06-momentum.html#momentum-best", "07-nesterov.html#nesterov-best"
    return [alpha, beta], [
        Bug(
            [alpha, factor],
            "the factor for β",
            "α is right. (√κ − 1)/(√κ + 1) is the factor per step; β is its square.",
            here,
        ),
        Bug(
            [alpha, ((kappa - 1) / (kappa + 1)) ** 2],
            "κ for its root",
            "α is right. β has κ where its root belongs: momentum replaces κ by √κ.",
            here,
        ),
        Bug(
            [2 / (low + high), beta],
            "gradient descent's α",
            "β is right. 2/(λ₁ + λ₂) is the best α of gradient descent; with this memory α may be larger.",
            here,
        ),
        Bug(
            [4 / (low + high), beta],
            "the sum under the root",
            "β is right. In α the roots are added and then squared, (√λ₁ + √λ₂)², which is more than λ₁ + λ₂.",
            here,
        ),
        Bug(
            [4 / (np.sqrt(low) + np.sqrt(high)), beta],
            "the square left out",
            "β is right. In α the sum of the roots is squared: 4/(√λ₁ + √λ₂)².",
            here,
        ),
        Bug(
            [1 / high, (1 - 1 / root) ** 2],
            "critical for the flattest at α = 1/λ₂",
            "With α = 1/λ₂ this β is the best. But α need not be 1/λ₂: slide both ends of the valley under the roof of "
            "one trapezoid, and the walk takes nearly half as many steps.",
            here,
        ),
        Bug(
            [1 / high, factor],
            "Nesterov's customary setting",
            "α = 1/λ₂ with (√κ − 1)/(√κ + 1) is the customary setting of Nesterov's method. For momentum both differ.",
            nesterov,
        ),
        Bug(
            [4 / (3 * high + low), (wide - 2) / (wide + 2)],
            "Nesterov's best",
            "This is the best setting of Nesterov's method. For momentum both differ.",
            nesterov,
        ),
        Bug([beta, alpha], "exchanged", "α and β are exchanged: best_setting = (α, β).", here, worth=0.75),
    ]
