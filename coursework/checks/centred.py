"""Centred RMSprop: θ after every step on given gradients."""

import numpy as np

from grader import Bug

asks = "centred"


def case(rng):
    """Thirty gradients that mostly agree, and an ε that can be seen."""
    return {
        "gradients": ((0.5 + rng.normal(size=(30, 2))) * [1, 0.05]).tolist(),
        "theta": rng.normal(size=2).tolist(),
        "alpha": float(rng.uniform(0.01, 0.1)),
        "beta": float(rng.uniform(0.8, 0.95)),
        "epsilon": 1e-2,
    }


def run(centred, gradients, theta, **hyperparameters):
    """The student's path."""
    import numpy as np

    return centred(np.array(gradients), np.array(theta), **hyperparameters)


def variation(
    spread=lambda s, m, g: s - m**2, above=lambda g, m: g, corrected=False, rooted=True, inside=False, sign=-1
):
    """The centred form, right by default; each argument makes one mistake."""

    def centred(gradients, theta, alpha, beta, epsilon):
        m, s, path = np.zeros_like(theta), np.zeros_like(theta), [theta]
        for t, g in enumerate(gradients, start=1):
            m = beta * m + (1 - beta) * g
            s = beta * s + (1 - beta) * g**2
            mass = 1 - beta**t if corrected else 1
            variance = spread(s / mass, m / mass, g)
            root = np.sqrt(variance + epsilon) if inside else np.sqrt(variance) + epsilon
            theta = theta + sign * alpha * above(g, m) / (root if rooted else variance + epsilon)
            path.append(theta)
        return np.array(path)

    return centred


right = variation()
bugs = [
    Bug(
        variation(lambda s, m, g: s),
        "not centred",
        "This is RMSprop as in task 2: nothing is subtracted. The spread is the root of s − m².",
        "10-rmsprop.html#rmsprop-centred",
    ),
    Bug(
        variation(lambda s, m, g: np.abs(s - m)),
        "m not squared",
        "m is subtracted from s as it is. s is a mean of squares: subtract m².",
        "10-rmsprop.html#rmsprop-centred",
    ),
    Bug(
        variation(lambda s, m, g: s + m**2),
        "m² added",
        "m² is added to s. A variance is the mean of the squares minus the square of the mean: s − m².",
        "10-rmsprop.html#rmsprop-centred",
    ),
    Bug(
        variation(lambda s, m, g: s - g**2),
        "g² for m²",
        "The newest g² is subtracted, which can be larger than s: the root of a negative number. Subtract the square "
        "of the average m.",
        "10-rmsprop.html#rmsprop-centred",
    ),
    Bug(
        variation(above=lambda g, m: m),
        "m for g",
        "The step goes along the average m. Only the denominator knows m; the step goes along g.",
        "10-rmsprop.html#rmsprop-centred",
    ),
    Bug(
        variation(above=lambda g, m: g - m),
        "g centred too",
        "The mean is subtracted from the gradient in the numerator too. A steady slope then moves nothing. It is g.",
        "10-rmsprop.html#rmsprop-centred",
    ),
    Bug(
        variation(corrected=True),
        "corrected where nothing is",
        "The averages are divided by 1 − βᵗ. The centred form corrects neither.",
        "10-rmsprop.html#rmsprop-start",
    ),
    Bug(
        variation(rooted=False),
        "root left out",
        "The step is divided by the variance. It is divided by its root, the standard deviation.",
        "10-rmsprop.html#rmsprop-centred",
    ),
    Bug(
        variation(inside=True),
        "ε inside the root",
        "ε stands inside the root. Here it is added to the root: √(s − m²) + ε.",
        "10-rmsprop.html#rmsprop-disagree",
    ),
    Bug(
        variation(sign=1),
        "uphill",
        "The step goes uphill: θ − α …, not θ + α ….",
        "10-rmsprop.html#rmsprop-centred",
    ),
]
