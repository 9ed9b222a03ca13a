"""A gradient by central differences."""

import numpy as np

from grader import Bug

asks = "numerical_gradient"


def case(rng):
    """Three points of a function that is no polynomial, and an h that can be seen."""
    return {
        "points": rng.uniform(0.3, 1.2, (3, 3)).tolist(),
        "weights": rng.uniform(0.5, 1.5, 3).tolist(),
        "h": float(rng.uniform(0.05, 0.1)),
    }


def run(numerical_gradient, points, weights, h):
    """The student's gradient at every point."""
    import numpy as np

    def f(theta):
        x, y, z = theta
        return weights[0] * np.exp(x * y) + weights[1] * np.sin(2 * y * z) + weights[2] * z**4 * x

    return np.array([numerical_gradient(f, np.array(point), h) for point in points])


def variation(forward=1, backward=1, divisor=2, jointly=False, restores=True):
    """Central differences, right by default; each argument makes one mistake."""

    def numerical_gradient(f, theta, h):
        theta, found = theta.astype(float), []
        for i in range(len(theta)):
            e = np.ones(len(theta)) if jointly else np.eye(len(theta))[i]
            found.append((f(theta + forward * h * e) - f(theta - backward * h * e)) / (divisor * h))
            theta = theta if restores else theta - h * e
        return np.array(found)

    return numerical_gradient


right = variation()
bugs = [
    Bug(
        variation(backward=0, divisor=1),
        "forward difference",
        "It is the one-sided difference (f(θ + h e) − f(θ)) / h. Its error goes with h; that of the central one, "
        "(f(θ + h e) − f(θ − h e)) / (2h), goes with h², since the second-order terms of the two sides cancel.",
        "01-gradient-descent.html#gd-rule",
    ),
    Bug(
        variation(forward=0, divisor=1),
        "backward difference",
        "It is the one-sided difference (f(θ) − f(θ − h e)) / h. Its error goes with h; that of the central one, "
        "(f(θ + h e) − f(θ − h e)) / (2h), goes with h², since the second-order terms of the two sides cancel.",
        "01-gradient-descent.html#gd-rule",
    ),
    Bug(
        variation(divisor=1),
        "h for 2h",
        "Twice the gradient: θ + h e and θ − h e are 2h apart, so divide by 2h.",
        "01-gradient-descent.html#gd-rule",
    ),
    Bug(
        variation(forward=0.5, backward=0.5),
        "half the way",
        "Half the gradient: θ + ½h e and θ − ½h e are h apart, and you divide by 2h. Go h to each side.",
        "01-gradient-descent.html#gd-rule",
    ),
    Bug(
        variation(jointly=True),
        "all coordinates at once",
        "θ + h moves all coordinates at once and measures the slope along (1, …, 1). A partial derivative moves one "
        "coordinate and leaves the others where they are.",
        "01-gradient-descent.html#gd-gradient",
    ),
    Bug(
        variation(restores=False),
        "not put back",
        "The coordinates that were moved are not put back: after each partial derivative θ stays h lower, and the "
        "others are measured at another point. Work on a copy, or add h e with a unit vector e.",
        "01-gradient-descent.html#gd-rule",
    ),
    Bug(
        variation(forward=-1, backward=-1),
        "the sides exchanged",
        "The sign is wrong: f(θ + h e) − f(θ − h e), the far side minus the near side.",
        "01-gradient-descent.html#gd-gradient",
    ),
]
