"""Taylor's second-order model, for many steps from one point."""

import numpy as np

from grader import Bug

asks = "quadratic_model"


def case(rng):
    """Height, slope and curvatures at a point, and eight steps from it."""
    half = rng.normal(size=(3, 3))
    return {
        "value": float(rng.uniform(1, 3)),
        "gradient": rng.normal(size=3).tolist(),
        "hessian": (half + half.T).tolist(),
        "steps": rng.normal(size=(8, 3)).tolist(),
    }


def run(quadratic_model, value, gradient, hessian, steps):
    """The student's height for every step."""
    import numpy as np

    return [quadratic_model(value, np.array(gradient), np.array(hessian), np.array(step)) for step in steps]


def variation(height=1, first=1, second=0.5, hessian_of=lambda H: H):
    """The model, right by default; each argument makes one mistake."""

    def quadratic_model(value, gradient, hessian, step):
        return height * value + first * (gradient @ step) + second * (step @ hessian_of(hessian) @ step)

    return quadratic_model


right = variation()
bugs = [
    Bug(
        variation(second=1),
        "½ left out",
        "The ½ before the second-order term is missing. Differentiate ½ uᵀHu twice and H is left; without the ½ it "
        "would be 2H.",
        "02-taylor-expansion.html#taylor-formula",
    ),
    Bug(
        variation(second=0),
        "first order only",
        "This is the straight line f + gᵀu, the first-order model. The second-order model adds ½ uᵀHu.",
        "02-taylor-expansion.html#taylor-formula",
    ),
    Bug(
        variation(height=0),
        "the change for the height",
        "This is the change of the model, gᵀu + ½ uᵀHu. Its height is f more.",
        "02-taylor-expansion.html#taylor-formula",
        worth=0.75,
    ),
    Bug(
        variation(first=-1),
        "the step turned round",
        "This is the model at θ − u: the first-order term has the wrong sign. The minus of gradient descent is in the "
        "step u, not in Taylor's formula.",
        "02-taylor-expansion.html#taylor-formula",
    ),
    Bug(
        variation(second=-0.5),
        "curved the other way",
        "The second-order term has the wrong sign: f + gᵀu + ½ uᵀHu. Where the curvatures are positive, the surface "
        "lies above its tangent plane.",
        "02-taylor-expansion.html#taylor-formula",
    ),
    Bug(
        variation(hessian_of=lambda H: np.diag(np.diag(H))),
        "the diagonal for the Hessian",
        "Only the diagonal of H was used. The mixed derivatives count too: uᵀHu sums H[i, j] u[i] u[j] over all pairs.",
        "02-taylor-expansion.html#taylor-formula",
    ),
    Bug(
        variation(hessian_of=lambda H: np.diag(H.sum(axis=0))),
        "H summed on the way",
        "The product uᵀHu went wrong: `u * H * u`, summed, weighs each column of H with the square of its own u. Write "
        "`u @ H @ u`.",
        "02-taylor-expansion.html#taylor-formula",
    ),
]
