"""What an argument may be: a number, a whole number, an array. An error names the argument, the value and the range."""

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

LARGEST = 2**53  # up to here a float holds every whole number


def shown(value: Any) -> str:
    """A value as an error shows it: what Python calls it, without its middle if it is long."""
    try:
        text = repr(value)
    except Exception:  # a list in itself a thousand times, an integer of ten thousand digits, a broken __repr__
        return f"something of type {type(value).__name__}"
    return text if len(text) <= 300 else f"{text[:200]} … {text[-50:]}"


def _is_real(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, np.timedelta64)


def number(name: str, value: Any) -> float:
    """One number as a float; TypeError for what is none, ValueError for what no float can hold."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not _is_real(value):
        raise TypeError(f"{name} must be a number, got {shown(value)}")
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"{name} must be at most 1.8e308, got {shown(value)}") from None


def finite(name: str, value: Any, above: float = -np.inf) -> float:
    """One number in (above, ∞), as a float."""
    found = number(name, value)
    if not above < found < np.inf:
        raise ValueError(f"{name} must be in ({f'{above:g}'.replace('inf', '∞')}, ∞), got {value}")
    return found


def whole(name: str, value: Any, least: int = 1, most: int = LARGEST, what: str = "") -> int:
    """A whole number in [least, most] as Python's own; ValueError for anything else. `what` tells of `most`."""
    counts = isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.timedelta64))
    if counts and least <= value <= most:
        return int(value)
    top = "∞)" if most == LARGEST and not (counts and value > most) else f"{most}]"
    raise ValueError(f"{name} must be a whole number in [{least}, {top}{what}, got {shown(value)}")


def one_of(name: str, value: Any, words: Sequence[str]) -> str:
    """One of some words; ValueError for anything else."""
    if not (isinstance(value, str) and value in words):
        *first, last = (f'"{word}"' for word in words)
        raise ValueError(f"{name} must be {', '.join(first)} or {last}, got {shown(value)}")
    return value


def check_generator(rng: Any, what: str = "") -> None:
    """Raise TypeError for what is no generator of NumPy's. `what` tells what it is for."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a NumPy Generator, such as np.random.default_rng(0){what}, got {shown(rng)}")


def text(name: str, value: Any) -> str:
    """A text; TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a text, got {shown(value)}")
    return value


def array(name: str, value: Any, what: str = "numbers") -> np.ndarray:
    """A new array of floats; TypeError for what isn't made of real numbers: text, None, complex, ragged, masked."""
    if type(value) is np.ndarray and value.dtype == float:  # as it mostly is, in every step of a walk
        return value.copy(order="K")
    if np.ma.is_masked(value):
        raise TypeError(f"{name} must be {what} without gaps, got a masked array; fill it first")
    try:
        found = np.asarray(value)
        if found.dtype.kind not in "biuf" and not (found.dtype == object and all(map(_is_real, found.flat))):
            raise TypeError
        with np.errstate(over="ignore"):  # a longer float becomes ∞
            return found.astype(float)
    except (TypeError, ValueError, OverflowError):  # ValueError: rows of different lengths
        raise TypeError(f"{name} must be {what}, got {shown(value)}") from None


def check_finite(name: str, value: np.ndarray) -> np.ndarray:
    """An array of finite numbers; ValueError, naming the first number that isn't."""
    if not np.isfinite(value).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(value))[0])
        raise ValueError(f"{name} must be finite, got {value[where]}" + (f" at index {where}" if where else ""))
    return value
