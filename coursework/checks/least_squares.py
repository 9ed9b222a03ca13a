"""Half the mean of the squared errors, and its gradient."""

from grader import Bug

asks = "least_squares"


def case(rng):
    """Seven rows, three weights."""
    return {
        "X": rng.normal(size=(7, 3)).tolist(),
        "y": rng.normal(size=7).tolist(),
        "theta": rng.normal(size=3).tolist(),
    }


def run(least_squares, X, y, theta):
    """The student's loss, and after it the gradient."""
    import numpy as np

    value, gradient = least_squares(np.array(X), np.array(y), np.array(theta))
    return [value, *gradient]


def variation(of_loss=lambda n: 1, of_gradient=lambda n: 1):
    """The loss and the gradient, right by default, each times a factor that may know n."""

    def least_squares(X, y, theta):
        n, error = len(y), X @ theta - y
        return of_loss(n) * error @ error / (2 * n), of_gradient(n) * X.T @ error / n

    return least_squares


right = variation()
TEN = "20-blood-tests.html#blood-ten-inputs"
DISAGREE = "01-gradient-descent.html#gd-disagree"
bugs = [
    Bug(
        variation(lambda n: n, lambda n: n),
        "sum for mean",
        "Both are sums over the rows. With the mean neither they nor the right α grow with n: divide by n.",
        DISAGREE,
    ),
    Bug(
        variation(lambda n: 2 * n, lambda n: 2 * n),
        "sum for mean, without the ½",
        "Both are sums of squares. Divide by n, so that they do not grow with the table, and by 2.",
        DISAGREE,
    ),
    Bug(
        variation(lambda n: n),
        "the loss a sum, the gradient a mean",
        "The loss is half the *sum* of the squares, and the gradient is that of half the mean. Divide the loss by n.",
        TEN,
    ),
    Bug(
        variation(lambda n: 1, lambda n: n),
        "the loss a mean, the gradient a sum",
        "The loss is half the mean, and the gradient is n times its gradient: Xᵀ(Xθ − y) has to be divided by n.",
        TEN,
    ),
    Bug(
        variation(lambda n: 2, lambda n: 2),
        "without the ½",
        "Both lack the ½: this is the mean of the squares, the loss of PyTorch and Keras. It is a loss as good as the "
        "other, with half the right α.",
        DISAGREE,
        worth=0.75,
    ),
    Bug(
        variation(lambda n: 2),
        "the loss without its ½",
        "The gradient is right, and the loss lacks its ½: differentiated, it would give twice this gradient.",
        TEN,
    ),
    Bug(
        variation(lambda n: 1, lambda n: 2),
        "the gradient twice too long",
        "The loss is right, and its gradient twice too long: the 2 of the square and the ½ cancel.",
        TEN,
    ),
    Bug(
        variation(lambda n: 1, lambda n: 0.5),
        "the gradient half too short",
        "The loss is right, and its gradient half as long as it should be: the ½ cancels with the 2 of the square and "
        "does not come again.",
        TEN,
    ),
    Bug(
        variation(lambda n: 1, lambda n: -1),
        "the sign of the gradient",
        "The gradient has the wrong sign. The inside of the square is Xθ − y, whose derivative is X; with y − Xθ comes "
        "another minus.",
        "20-blood-tests.html#blood-one-input",
    ),
]
