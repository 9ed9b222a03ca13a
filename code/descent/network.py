"""A small neural network, written out: the loss of its answers, and the gradient by back-propagation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from descent.arguments import LARGEST, array, check_finite, check_generator, shown, whole
from descent.models import checked_rows

__all__ = ["Network"]


@dataclass(frozen=True, eq=False)
class Network:
    """f(θ) = −1/n Σᵢ log pᵢ,  the loss of a network that gives the right class of sample i the probability pᵢ

    hₖ = tanh(Wₖ hₖ₋₁ + bₖ) for each hidden layer, from h₀ = x;  p = softmax(W h + b) in the last one.

    ``X`` are the inputs, shape ``(n, inputs)``; ``y`` the classes, whole numbers from 0, shape ``(n,)``;
    ``hidden`` the number of units in each hidden layer, ``()`` for none (logistic regression); ``classes``
    how many there are, if y doesn't have them all. θ has shape ``(dim, *grid)``: W₁ row by row, b₁, W₂, b₂, …
    The loss is a mean, in units of nats. Source: D. E. Rumelhart, G. E. Hinton and R. J. Williams, Learning
    representations by back-propagating errors, Nature 323, 1986.

    Raises ValueError for shapes that don't fit, an empty table, and anything not finite.
    """

    X: np.ndarray
    y: np.ndarray
    hidden: Sequence[int] = (16,)
    classes: int = 0

    def __post_init__(self) -> None:
        X, y = array("X", self.X), array("y", self.y)
        whole_numbers = np.asarray(self.y).dtype.kind in "iu"
        if X.ndim != 2 or not X.size:
            raise ValueError(f"X must be a non-empty table of shape (n, inputs), got shape {X.shape}")
        check_finite("X", X)
        if y.shape != X.shape[:1] or not whole_numbers or not (y.min() >= 0 and y.max() < LARGEST):
            raise ValueError(f"y must be {len(X)} whole numbers in [0, ∞), one per row of X, got {shown(self.y)}")
        y = y.astype(int)
        if not isinstance(self.hidden, (list, tuple)):
            raise TypeError(f"hidden must be a tuple of whole numbers in [1, ∞), got {shown(self.hidden)}")
        hidden = tuple(whole("hidden", units) for units in self.hidden)
        classes = whole("classes", self.classes, 0) or max(2, int(y.max()) + 1)
        if classes <= y.max():
            raise ValueError(f"classes must be in [{y.max() + 1}, ∞) for these y, got {classes}")
        for name, value in (("X", X), ("y", y), ("hidden", hidden), ("classes", classes)):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.y)

    @property
    def sizes(self) -> list[int]:
        """The number of units in each layer, from the inputs to the classes."""
        return [self.X.shape[1], *self.hidden, self.classes]

    @property
    def dim(self) -> int:
        """The number of parameters."""
        return sum((before + 1) * after for before, after in pairwise(self.sizes))

    def start(self, rng: np.random.Generator) -> np.ndarray:
        """W uniform in ±√(6 / (units before + after)), b = 0   (Glorot & Bengio, 2010)"""
        check_generator(rng)
        parts = []
        for before, after in pairwise(self.sizes):
            bound = np.sqrt(6 / (before + after))
            parts += [rng.uniform(-bound, bound, before * after), np.zeros(after)]
        return np.concatenate(parts)

    def layers(self, theta: Any) -> list[tuple[np.ndarray, np.ndarray]]:
        """W, of shape ``(*grid, after, before)``, and b, of shape ``(*grid, after)``, of each layer."""
        theta = array("theta", theta)
        if theta.shape[:1] != (self.dim,):
            raise ValueError(f"theta must have {self.dim} coordinates, got an array of shape {theta.shape}")
        rows = np.moveaxis(theta, 0, -1)
        found, at = [], 0
        for before, after in pairwise(self.sizes):
            W = rows[..., at : at + after * before].reshape(*rows.shape[:-1], after, before)
            at += after * before
            found.append((W, rows[..., at : at + after]))
            at += after
        return found

    def value(self, theta: Any) -> Any:
        """f(θ), of the grid's shape."""
        log_p = self._forward(self.layers(theta))[-1]
        return -log_p[..., np.arange(len(self)), self.y].mean(axis=-1)

    def grad(self, theta: Any) -> np.ndarray:
        """∇f(θ), of the shape of θ, by back-propagation."""
        layers = self.layers(theta)
        *inputs, log_p = self._forward(layers)
        delta = np.exp(log_p)  # ∂f/∂z of the last layer is (p − 1 for the right class) / n
        delta[..., np.arange(len(self)), self.y] -= 1
        delta /= len(self)
        parts: list[np.ndarray] = []
        for (W, b), h in zip(reversed(layers), reversed(inputs), strict=True):
            by_W = np.swapaxes(delta, -1, -2) @ h
            parts = [by_W.reshape(*b.shape[:-1], -1), delta.sum(axis=-2), *parts]
            delta = (delta @ W) * (1 - h**2)  # through W, then through tanh; not needed below the inputs
        return np.moveaxis(np.concatenate(parts, axis=-1), -1, 0)

    def probabilities(self, theta: Any) -> np.ndarray:
        """p, of shape ``(*grid, n, classes)``: what the network says of each sample."""
        return np.exp(self._forward(self.layers(theta))[-1])

    def accuracy(self, theta: Any) -> Any:
        """The share of samples whose most probable class is the right one, of the grid's shape."""
        return (self.probabilities(theta).argmax(axis=-1) == self.y).mean(axis=-1)

    def batch(self, samples: Any) -> "Network":
        """The same network on these samples only: its gradient is the mini-batch gradient.

        `samples` is a list of row numbers, or one truth value per row. Raises ValueError if it names none.
        """
        rows = checked_rows(samples, len(self))
        return replace(self, X=self.X[rows], y=self.y[rows])

    def _forward(self, layers: list[tuple[np.ndarray, np.ndarray]]) -> list[np.ndarray]:
        """The input of each layer, shape ``(*grid, n, units)``, and log p, shape ``(*grid, n, classes)``."""
        h = self.X
        inputs = []
        for W, b in layers:
            inputs.append(h)
            z = h @ np.swapaxes(W, -1, -2) + b[..., None, :]
            h = np.tanh(z)
        z = z - z.max(axis=-1, keepdims=True)  # the same p, and no overflow
        return [*inputs, z - np.log(np.exp(z).sum(axis=-1, keepdims=True))]
