"""What is fitted: least squares, with everything known about it exactly."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from descent.arguments import array, check_finite, shown

__all__ = ["LeastSquares"]


def checked_rows(samples: Any, n: int) -> np.ndarray:
    """A list of row numbers, or one truth value per row, that names at least one of n rows."""
    array("samples", samples, "row numbers or truth values")
    rows = np.asarray(samples)
    if not rows.size or (rows.dtype == bool and not rows.any()):
        raise ValueError("samples must name at least one row, got an empty batch")
    truths = rows.dtype == bool and rows.shape == (n,)
    numbers = rows.dtype.kind in "iu" and rows.ndim == 1 and np.all((-n <= rows) & (rows < n))
    if not truths and not numbers:
        raise ValueError(f"samples must be row numbers in [{-n}, {n}) or {n} truth values, got {shown(samples)}")
    return rows


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """f(θ) = 1/(2n) Σᵢ (xᵢ·θ − yᵢ)²   (Legendre, 1805)

    ``X`` is the table of inputs, shape ``(n, dim)``, with a column of ones if an intercept is wanted; ``y``
    the targets, shape ``(n,)``; θ has shape ``(dim, *grid)``. The loss is *half the mean* of the squares, so
    that neither it nor the right α grows with n; its unit is that of y².

    Raises ValueError for shapes that don't fit, an empty table, and anything not finite.
    """

    X: np.ndarray
    y: np.ndarray

    def __post_init__(self) -> None:
        X, y = array("X", self.X), array("y", self.y)  # copies: what is known of them stays true
        if X.ndim != 2 or not X.size:
            raise ValueError(f"X must be a non-empty table of shape (n, dim), got shape {X.shape}")
        if y.shape != X.shape[:1]:
            raise ValueError(f"y must have one value per row of X, shape ({len(X)},), got shape {y.shape}")
        check_finite("X", X)
        check_finite("y", y)
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "y", y)

    def __len__(self) -> int:
        return len(self.y)

    def value(self, theta: Any) -> Any:
        """f(θ), of the grid's shape."""
        return (self.residual(theta) ** 2).mean(axis=0) / 2

    def grad(self, theta: Any) -> np.ndarray:
        """∇f(θ) = Xᵀ(Xθ − y)/n, of the shape of θ."""
        return np.tensordot(self.X.T, self.residual(theta), axes=1) / len(self)

    def residual(self, theta: Any) -> np.ndarray:
        """Xθ − y, of shape ``(n, *grid)``."""
        theta = array("theta", theta)
        if theta.shape[:1] != self.X.shape[1:]:
            raise ValueError(f"theta must have {self.X.shape[1]} coordinates, got an array of shape {theta.shape}")
        return np.tensordot(self.X, theta, axes=1) - self.y.reshape(-1, *[1] * (theta.ndim - 1))

    def batch(self, samples: Any) -> "LeastSquares":
        """The same problem with only these samples: its gradient is the mini-batch gradient.

        `samples` is a list of row numbers, or one truth value per row. Raises ValueError if it names none.
        """
        rows = checked_rows(samples, len(self))
        return LeastSquares(self.X[rows], self.y[rows])

    @cached_property
    def hessian(self) -> np.ndarray:
        """XᵀX/n, of shape ``(dim, dim)``: the same at every θ."""
        return self.X.T @ self.X / len(self)

    @cached_property
    def solution(self) -> np.ndarray:
        """The exact minimum, solved and not walked to; the shortest one if there are several."""
        return np.linalg.lstsq(self.X, self.y, rcond=None)[0]

    @cached_property
    def largest_stable_step(self) -> float:
        """2/λ, with λ the largest eigenvalue of the Hessian: gradient descent converges for α below it."""
        largest = float(np.linalg.eigvalsh(self.hessian)[-1])
        return 2 / largest if largest > 0 else np.inf
