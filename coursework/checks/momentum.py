"""Momentum in the form of the book: the learning rate inside the velocity."""

import numpy as np

from grader import Bug

asks = "momentum"


def case(rng):
    """Slopes that level off far out, and an α for every step: with a constant one the forms are the same."""
    return {
        "curvatures": [float(rng.uniform(0.5, 1)), float(rng.uniform(3, 5))],
        "theta": rng.uniform(1, 3, 2).tolist(),
        "alphas": rng.uniform(0.05, 0.2, 25).tolist(),
        "beta": float(rng.uniform(0.6, 0.9)),
    }


def run(momentum, curvatures, theta, alphas, beta):
    """The student's path."""
    import numpy as np

    def grad(theta):
        return np.array(curvatures) * np.tanh(theta)

    return momentum(grad, np.array(theta), np.array(alphas), beta)


def variation(keep=1, new=lambda alpha, beta: alpha, scale=lambda alpha: 1, sign=-1, late=False, ahead=0):
    """Momentum, right by default.

    v ← keep β v + new(α, β) g,  θ ← θ + sign scale(α) v, with the old v where `late`, and g at θ − ahead β v.
    """

    def momentum(grad, theta, alphas, beta):
        v, path = np.zeros_like(theta), [theta]
        for alpha in alphas:
            old = v
            v = keep * beta * v + new(alpha, beta) * grad(theta - ahead * beta * v)
            theta = theta + sign * scale(alpha) * (old if late else v)
            path.append(theta)
        return np.array(path)

    return momentum


def no_friction(grad, theta, alphas, beta):
    """The whole velocity is kept."""
    return variation()(grad, theta, alphas, 1)


def one_array(grad, theta, alphas, beta):
    """Changes θ in place, so that the path is the same array many times."""
    path = variation()(grad, theta, alphas, beta)
    return np.tile(path[-1], (len(path), 1))


right = variation()
RULE, FORMS = "06-momentum.html#momentum-rule", "06-momentum.html#momentum-forms"
bugs = [
    Bug(
        variation(sign=1),
        "uphill",
        "The walk goes uphill. With v ← βv + αg the velocity is subtracted: θ ← θ − v.",
        RULE,
    ),
    Bug(
        variation(keep=-1),
        "the old velocity turned round",
        "The old velocity enters with a minus: v ← αg − βv. It is to go on in its direction: v ← βv + αg. (Where v is "
        "*added* to θ, it is v ← βv − αg: the two terms always have the signs that make θ go on and downhill.)",
        RULE,
    ),
    Bug(
        variation(keep=0),
        "no memory",
        "The old velocity is gone, and this is gradient descent. Keep the share β of it: v ← βv + αg.",
        RULE,
        worth=0.25,
    ),
    Bug(
        no_friction,
        "no friction",
        "All of the old velocity is kept. Only the share β is: v ← βv + αg.",
        RULE,
    ),
    Bug(
        variation(new=lambda alpha, beta: 1, scale=lambda alpha: alpha),
        "form S",
        "This is form S, b ← βb + g and θ ← θ − αb. With one α for all steps it is the same path. Here α changes, and "
        "S multiplies the whole memory by the newest α, while the velocity of form V keeps what it had.",
        FORMS,
        worth=0.75,
    ),
    Bug(
        variation(new=lambda alpha, beta: (1 - beta) * alpha),
        "averaging form",
        "The gradient enters with 1 − β: that is the averaging form, whose steps are 1/(1 − β) times shorter. The sum "
        "takes the whole αg: v ← βv + αg.",
        FORMS,
    ),
    Bug(
        variation(new=lambda alpha, beta: 1 - beta, scale=lambda alpha: alpha),
        "averaging form, α outside",
        "This is the averaging form, m ← βm + (1 − β)g and θ ← θ − αm. The sum takes the whole αg into the velocity: "
        "v ← βv + αg.",
        FORMS,
    ),
    Bug(
        variation(new=lambda alpha, beta: 1),
        "α left out",
        "α is nowhere: the velocity takes in the whole gradient. v ← βv + αg.",
        RULE,
    ),
    Bug(
        variation(scale=lambda alpha: alpha),
        "α twice",
        "α counts twice: the velocity has it already, v ← βv + αg, so the step is θ ← θ − v without another α.",
        RULE,
    ),
    Bug(
        variation(late=True),
        "the step with the old velocity",
        "θ moves by the velocity from before this step's gradient: every gradient comes one step late. First "
        "v ← βv + αg, then θ ← θ − v with this new v.",
        RULE,
    ),
    Bug(
        variation(ahead=1),
        "Nesterov",
        "The gradient is taken at θ − βv: that is Nesterov's look-ahead. Momentum takes it where the walk is, at θ.",
        "07-nesterov.html#nesterov-rule",
    ),
    Bug(
        one_array,
        "one array many times",
        "All rows of the path are the last point. `theta -= …` changes the array that is already in the list; "
        "`theta = theta - …` makes a new one.",
        RULE,
        worth=0.75,
    ),
]
