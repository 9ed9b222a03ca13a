"""Steepest descent with the largest coordinate as ruler."""

import numpy as np

from grader import Bug

asks = "sign_descent"


def case(rng):
    """A bowl over three coordinates; the fourth has no slope at all."""
    return {
        "curvatures": [*rng.uniform(0.5, 5, 3).tolist(), 0.0],
        "theta": (rng.uniform(1, 3, 4) * rng.choice([-1, 1], 4)).tolist(),
        "centre": (rng.uniform(1, 3, 4) * rng.choice([-1, 1], 4)).tolist(),
        "alpha": float(rng.uniform(0.05, 0.2)),
        "steps": 40,
    }


def run(sign_descent, curvatures, theta, centre, alpha, steps):
    """The student's path."""
    import numpy as np

    def grad(theta):
        return np.array(curvatures) * (np.asarray(theta) - centre)

    return sign_descent(grad, np.array(theta), alpha, steps)


def variation(direction):
    """The walk with a step of −α times this direction, made from g and θ."""

    def sign_descent(grad, theta, alpha, steps):
        path = [theta]
        for _ in range(steps):
            theta = theta - alpha * direction(grad(theta), theta)
            path.append(theta)
        return np.array(path)

    return sign_descent


right = variation(lambda g, theta: np.sign(g))
RULERS = "02-taylor-expansion.html#taylor-rulers"
bugs = [
    Bug(
        variation(lambda g, theta: -np.sign(g)),
        "uphill",
        "The step goes uphill: θ − α sign(g), against the sign of the slope.",
        RULERS,
    ),
    Bug(
        variation(lambda g, theta: g),
        "gradient descent",
        "This is gradient descent: steep coordinates go far, flat ones hardly move. Take the sign, and all go equally "
        "far.",
        RULERS,
        worth=0.25,
    ),
    Bug(
        variation(lambda g, theta: g / np.linalg.norm(g)),
        "the round ruler",
        "The step is g/|g|, of length 1 by Pythagoras. With the largest coordinate as ruler every coordinate goes to "
        "its own limit: sign(g).",
        RULERS,
    ),
    Bug(
        variation(lambda g, theta: g / np.abs(g).max()),
        "scaled to the largest",
        "g/max|gᵢ| has the right length in this ruler, but only its largest coordinate is at its limit. The others "
        "could go as far and win more: sign(g).",
        RULERS,
    ),
    Bug(
        variation(lambda g, theta: np.sign(g) * (np.abs(g) == np.abs(g).max())),
        "one coordinate",
        "Only the steepest coordinate moves: that is steepest descent by the sum of sizes, L₁. With the largest "
        "coordinate as ruler all of them move.",
        RULERS,
    ),
    Bug(
        variation(lambda g, theta: np.sign(g) * np.abs(g).sum()),
        "the step grows with the slope",
        "The step is sign(g) times Σ|gᵢ|. Here α alone is the length of the step.",
        RULERS,
    ),
    Bug(
        variation(lambda g, theta: np.sign(theta)),
        "the sign of θ",
        "The sign was taken of θ, which leads to zero and not downhill. Take that of the gradient.",
        RULERS,
    ),
    Bug(
        variation(lambda g, theta: g / np.abs(g)),
        "0/0",
        "g/|g| is 0/0 in a coordinate without slope, and NaN from there on. `np.sign` gives 0.",
        RULERS,
        worth=0.75,
    ),
    *(
        Bug(
            wrong,
            "a step without a slope",
            "A coordinate without slope moves. The sign of 0 is 0: nothing is to be won there.",
            RULERS,
            worth=0.75,
        )
        for wrong in (
            variation(lambda g, theta: np.where(g > 0, 1, -1)),
            variation(lambda g, theta: np.where(g >= 0, 1, -1)),
        )
    ),
]
