"""Surfaces of two parameters to walk on, each one short definition.

Every surface is a plain function of two numbers; its exact gradient and Hessian follow from it. Adding one
means writing it here.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from descent.arguments import array, check_finite, number, shown
from descent.trace import Function, derivatives

__all__ = [
    "Surface", "surface", "bowl", "rosenbrock", "beale", "himmelblau", "saddle", "plateau", "rastrigin",
]  # fmt: skip

Pair = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Surface:
    """f(θ) for θ = (x, y), of shape ``(2, *grid)``, with its exact derivatives.

    ``minima`` are the points where f is lowest, ``window`` the part worth drawing, ``((x from, to), (y from,
    to))``, and ``start`` a good point to start from. ``made_by`` is the call that makes it, where that isn't
    its name.
    """

    f: Callable[[Any, Any], Any]
    minima: Sequence[Pair]
    window: tuple[Pair, Pair]
    start: Pair
    made_by: str = ""

    def __post_init__(self) -> None:
        check_window(self.window)
        minima, start = (check_finite(name, array(name, getattr(self, name))) for name in ("minima", "start"))
        if minima.size and minima.shape[1:] != (2,):
            raise ValueError(f"minima must be points (x, y), got {shown(self.minima)}")
        if start.shape != (2,):
            raise ValueError(f"start must be a point (x, y), got {shown(self.start)}")
        if not (callable(self.f) and hasattr(self.f, "__name__") and len(self.parameters) == 2):
            raise TypeError(f"f must be a function of two numbers, got {shown(self.f)}")
        if self.f.__doc__:
            object.__setattr__(self, "__doc__", self.f.__doc__)  # so that help and ? tell of this surface

    @property
    def name(self) -> str:
        """The name of f."""
        return self.f.__name__

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of f's two parameters."""
        return tuple(inspect.signature(self.f).parameters)

    def value(self, theta: Any) -> Any:
        """f(θ), of the grid's shape: ±∞ where it is too large for a float, NaN where f has no value."""
        x, y = _two_rows(theta)
        with np.errstate(all="ignore"):
            heights = array(self.name, self.f(x, y))
        if heights.shape not in ((), x.shape):
            raise ValueError(f"{self.name} must return one number for each point, {x.shape}, got shape {heights.shape}")
        return np.broadcast_to(heights, x.shape)[()]

    def grad(self, theta: Any) -> np.ndarray:
        """∇f(θ), of shape ``(2, *grid)``."""
        return self._derivatives[0](_two_rows(theta))

    def hessian(self, theta: Any) -> np.ndarray:
        """The matrix of second derivatives at θ, of shape ``(2, 2, *grid)``."""
        return self._derivatives[1](_two_rows(theta))

    @cached_property
    def _derivatives(self) -> tuple[Function, Function]:
        return derivatives(self.f)


def check_window(window: Any) -> None:
    """Raise unless `window` is ((x from, to), (y from, to))."""
    edges = check_finite("window", array("window", window, "((x from, to), (y from, to))"))
    if edges.shape != (2, 2) or not np.all((edges[:, 0] < edges[:, 1]) & (np.abs(edges) < 1e300).all(axis=1)):
        raise ValueError(
            f"window must be ((x from, to), (y from, to)), each from below to and within ±1e300, got {shown(window)}"
        )


def _two_rows(theta: Any) -> np.ndarray:
    theta = array("theta", theta)
    if theta.ndim == 0 or len(theta) != 2:
        raise ValueError(f"theta must have 2 coordinates, got an array of shape {theta.shape}")
    return theta


def surface(
    minima: Sequence[Pair], window: tuple[Pair, Pair], start: Pair, made_by: str = ""
) -> Callable[[Callable], Surface]:
    """Decorator: a function of x and y becomes a `Surface`."""
    return lambda f: Surface(f, minima, window, start, made_by)


def bowl(condition: float = 10.0, rotation: float = 0.0) -> Surface:
    """½ (a² + κ b²): a quadratic bowl whose Hessian has the eigenvalues 1 and κ.

    ``condition`` is κ, in [1, ∞). ``rotation`` turns the axes a (along the floor) and b (across it) against
    x and y, in degrees, counter-clockwise.
    """
    if not 1 <= number("condition", condition) < np.inf:
        raise ValueError(f"condition must be in [1, ∞), got {condition}")
    if not np.isfinite(number("rotation", rotation)):
        raise ValueError(f"rotation must be a finite number of degrees, got {rotation}")
    c, s = (round(float(turn(np.radians(rotation))), 15) for turn in (np.cos, np.sin))  # alike on every processor
    window = ((-2.5, 2.5), (-1.5, 1.5)) if rotation == 0 else ((-2.5, 2.5), (-2.5, 2.5))

    call = f"bowl({condition!r}, rotation={rotation!r})" if rotation else f"bowl({condition!r})"

    @surface(minima=[(0, 0)], window=window, start=(-2 * c - s, -2 * s + c), made_by=call)
    def bowl(x, y):
        a, b = c * x + s * y, c * y - s * x
        return (a**2 + condition * b**2) / 2

    return bowl


@surface(minima=[(1, 1)], window=((-2, 2), (-1, 3)), start=(-1.2, 1))
def rosenbrock(x, y):
    """f(x, y) = (1 − x)² + 100 (y − x²)², a curved valley with a flat floor   (Rosenbrock, 1960)"""
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


@surface(minima=[(3, 0.5)], window=((-4.5, 4.5), (-4.5, 4.5)), start=(1, 1.5))
def beale(x, y):
    """f(x, y) = Σᵢ (cᵢ − x + x yⁱ)², c = 1.5, 2.25, 2.625, a trough between steep corners   (Beale, 1958)"""
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


@surface(
    minima=[(3, 2), (-2.805118086952745, 3.131312518250573), (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404)],
    window=((-5, 5), (-5, 5)),
    start=(-0.5, -1),
)  # fmt: skip
def himmelblau(x, y):
    """f(x, y) = (x² + y − 11)² + (x + y² − 7)², four minima of the same depth   (Himmelblau, 1972)"""
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


@surface(minima=[(0, -1), (0, 1)], window=((-1.5, 1.5), (-1.8, 1.8)), start=(1.2, 0.001))
def saddle(x, y):
    """f(x, y) = x²/2 + y⁴/4 − y²/2, a saddle at the origin, between two minima"""
    return x**2 / 2 + y**4 / 4 - y**2 / 2


@surface(minima=[(0, 0)], window=((-4, 4), (-3, 3)), start=(-3, 1.5))
def plateau(x, y):
    """f(x, y) = 1 − exp(−(x² + y²)/2), a dip in a plain: far from it the gradient all but vanishes"""
    return 1 - np.exp(-(x**2 + y**2) / 2)


@surface(minima=[(0, 0)], window=((-3.5, 3.5), (-3.5, 3.5)), start=(2.2, 2.7))
def rastrigin(x, y):
    """f(x, y) = 20 + x² + y² − 10 cos 2πx − 10 cos 2πy, a bowl full of dents   (Rastrigin, 1974)"""
    return 20 + x**2 + y**2 - 10 * np.cos(2 * np.pi * x) - 10 * np.cos(2 * np.pi * y)
