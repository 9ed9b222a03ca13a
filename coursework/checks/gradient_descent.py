"""Gradient descent that keeps its path and stops where the gradient is small."""

import numpy as np

from grader import Bug

asks = "gradient_descent"


def case(rng):
    """A tilted bowl in the plane, its minimum away from zero, and a tolerance that is met after some 20 to 60 steps."""
    turn = rng.uniform(0.5, 1)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    curvatures = np.array([rng.uniform(0.5, 1), rng.uniform(4, 6)])
    return {
        "hessian": (axes * curvatures @ axes.T).tolist(),
        "centre": rng.uniform(-1, 1, 2).tolist(),
        "theta": rng.uniform(3, 5, 2).tolist(),
        "alpha": float(rng.uniform(0.15, 0.2)),
        "tolerance": float(rng.uniform(0.01, 0.05)),
    }


def run(gradient_descent, hessian, centre, theta, alpha, tolerance):
    """The student's path to the tolerance, and after it the one that the limit of 6 steps cuts off."""
    import numpy as np

    def grad(theta):
        return np.array(hessian) @ (np.asarray(theta) - centre)

    paths = [gradient_descent(grad, np.array(theta), alpha, tolerance, limit) for limit in (200, 6)]
    return np.concatenate(paths)


def variation(
    sign=-1, small=lambda g, alpha: np.linalg.norm(g), keeps_start=True, keeps_end=True, limited=True, late=False
):
    """Gradient descent, right by default; each argument makes one mistake."""

    def gradient_descent(grad, theta, alpha, tolerance, limit):
        path = [theta] if keeps_start else []
        for _ in range(limit if limited else 200):
            g = grad(theta)
            if small(g, alpha) <= tolerance and not late:
                break
            theta = theta + sign * alpha * g
            path.append(theta)
            if late and small(g, alpha) <= tolerance:
                break
        return np.array(path if keeps_end else path[:-1])

    return gradient_descent


def one_array(grad, theta, alpha, tolerance, limit):
    """Changes θ in place, so that the path is the same array many times."""
    path = variation()(grad, theta, alpha, tolerance, limit)
    return np.tile(path[-1], (len(path), 1))


right = variation()
bugs = [
    Bug(
        variation(sign=1),
        "uphill",
        "The step goes uphill: the gradient points where f rises fastest, so θ − α ∇f(θ), not θ + α ∇f(θ).",
        "01-gradient-descent.html#gd-rule",
    ),
    Bug(
        one_array,
        "one array many times",
        "All rows of the path are the last point. `theta -= …` changes the array that is already in the list; "
        "`theta = theta - …` makes a new one.",
        "01-gradient-descent.html#gd-rule",
        worth=0.75,
    ),
    Bug(
        variation(small=lambda g, alpha: g @ g),
        "the square for the norm",
        "The walk stops where |∇f|² ≤ tolerance. The rule asks for |∇f|, the root of that. Below 1 a square is smaller "
        "than its root, so the walk stops too early: with a tolerance of 0.01, where the slope is still 0.1.",
        "01-gradient-descent.html#gd-when-to-stop",
    ),
    Bug(
        variation(small=lambda g, alpha: np.abs(g).max()),
        "the largest coordinate for the norm",
        "The walk stops where the largest |∂f/∂θᵢ| is small. The norm of the rule is √(Σ (∂f/∂θᵢ)²), which is larger.",
        "01-gradient-descent.html#gd-when-to-stop",
        worth=0.75,
    ),
    Bug(
        variation(small=lambda g, alpha: alpha * np.linalg.norm(g)),
        "the step for the gradient",
        "The walk stops where the step α |∇f| is small. That makes every walk with a small enough α stop at once, "
        "wherever it is. The rule looks at |∇f| alone.",
        "01-gradient-descent.html#gd-when-to-stop",
    ),
    Bug(
        variation(late=True),
        "one step too many",
        "The walk goes on by one step after the point whose gradient is small. Look at the gradient first, then step.",
        "01-gradient-descent.html#gd-when-to-stop",
        worth=0.75,
    ),
    Bug(
        variation(small=lambda g, alpha: np.inf),
        "never stops",
        "The walk always takes `limit` steps. It should end at the first point with |∇f| ≤ tolerance.",
        "01-gradient-descent.html#gd-when-to-stop",
    ),
    Bug(
        variation(limited=False),
        "no limit",
        "The walk goes on beyond `limit` steps. A tolerance that is never met needs a limit behind it.",
        "01-gradient-descent.html#gd-when-to-stop",
    ),
    Bug(
        variation(keeps_start=False),
        "no start",
        "The path begins with the first step. It should begin with `theta`, the point before it.",
        "01-gradient-descent.html#gd-rule",
        worth=0.75,
    ),
    Bug(
        variation(keeps_end=False),
        "no end",
        "The last point is missing: the path should end with the point at which the walk stopped.",
        "01-gradient-descent.html#gd-rule",
        worth=0.75,
    ),
]
