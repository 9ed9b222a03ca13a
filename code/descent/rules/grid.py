"""A grid of hyperparameters: every setting walks its own path, all of them in one call."""

from typing import Any

import numpy as np

from descent.arguments import array, shown

__all__ = ["grid"]


class Axis(np.ndarray):
    """The values of one hyperparameter, shaped to lie along an axis of the grid."""

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        return np.asarray(array)[()] if return_scalar else np.asarray(array)  # what is computed from it is plain


def grid(**hyperparameters: Any) -> dict[str, Axis]:
    """Give each hyperparameter an axis of its own, behind the coordinates, in the order written.

    ``Momentum(**grid(alpha=[0.01, 0.1], beta=[0, 0.5, 0.9]))`` walks 2 × 3 paths at once: θ then has the
    shape ``(dim, 2, 3)``. A grid is declared, never guessed: two values of α handed over as they are could
    as well mean one for each of two coordinates.

    Raises ValueError for an axis that is empty or not a line of numbers.
    """
    axes = {}
    for position, (name, values) in enumerate(hyperparameters.items()):
        try:
            line = array(name, values)
        except TypeError:
            line = np.empty(0)
        if line.ndim != 1 or not line.size:
            raise ValueError(f"{name} must be a non-empty list of numbers, got {shown(values)}")
        axes[name] = line.reshape([-1 if p == position else 1 for p in range(len(hyperparameters))]).view(Axis)
    return axes
