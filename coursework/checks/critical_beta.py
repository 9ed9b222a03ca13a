"""The memory that damps one curvature critically."""

import numpy as np

from grader import Bug

asks = "critical_beta"


def case(rng):
    """Six products of α and λ below 1, two beyond."""
    alphas = rng.uniform(0.05, 0.3, 8)
    products = np.concatenate([rng.uniform(0.01, 0.9, 6), rng.uniform(1.1, 3, 2)])
    return {"alphas": alphas.tolist(), "curvatures": (products / alphas).tolist()}


def run(critical_beta, alphas, curvatures):
    """The student's β for every pair."""
    return [critical_beta(alpha, curvature) for alpha, curvature in zip(alphas, curvatures, strict=True)]


def right(alpha, curvature):
    """(1 − √(αλ))²."""
    return (1 - np.sqrt(alpha * curvature)) ** 2


MAP = "06-momentum.html#momentum-regions"
bugs = [
    Bug(
        lambda alpha, curvature: 1 - np.sqrt(alpha * curvature),
        "the square left out",
        "1 − √(αλ) is the double root, the factor per step. β is the product of the two roots: its square.",
        MAP,
    ),
    Bug(
        lambda alpha, curvature: (1 - alpha * curvature) ** 2,
        "the root left out",
        "(1 − αλ)² has αλ where its root belongs. Put the discriminant (1 + β − αλ)² − 4β to zero and solve for √β.",
        MAP,
    ),
    Bug(
        lambda alpha, curvature: 1 - alpha * curvature,
        "gradient descent's factor",
        "1 − αλ is the factor per step of gradient descent. Put the discriminant (1 + β − αλ)² − 4β to zero.",
        MAP,
        worth=0.25,
    ),
    Bug(
        lambda alpha, curvature: (1 + np.sqrt(alpha * curvature)) ** 2,
        "the other solution",
        "(1 + √(αλ))² solves the same equation and is larger than 1: such a memory grows. Take the one below 1.",
        MAP,
    ),
    Bug(
        lambda alpha, curvature: (1 - np.sqrt(alpha * curvature)) / (1 + np.sqrt(alpha * curvature)),
        "Nesterov's",
        "(1 − √(αλ))/(1 + √(αλ)) is critical for Nesterov's method, where β(1 − αλ) acts in place of β.",
        "07-nesterov.html#nesterov-map",
    ),
    Bug(
        lambda alpha, curvature: (1 - np.sqrt(alpha)) ** 2,
        "the curvature left out",
        "λ does not occur. What counts is the product αλ, step size against curvature.",
        MAP,
    ),
]
