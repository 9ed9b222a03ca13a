"""Where a gradient comes from: all samples, one sample, a mini-batch, a stream; with noise or weight decay added.

A `Source` hands out one gradient function per step. The learning rule never learns where it came from.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, repeat
from typing import Any, Protocol

import numpy as np

from descent.arguments import array, check_finite, check_generator, one_of, shown, whole
from descent.rules.base import check

__all__ = [
    "Objective",
    "Sampled",
    "Source",
    "all_samples",
    "batches",
    "given",
    "mini_batches",
    "one_sample",
    "stream",
    "with_l2",
    "with_noise",
]

Gradient = Callable[[Any], Any]


class Objective(Protocol):
    """Something with a value and a gradient at θ: a surface, a model."""

    def value(self, theta: Any) -> Any:
        """f(θ), of the grid's shape."""

    def grad(self, theta: Any) -> Any:
        """∇f(θ), of the shape of θ."""


class Sampled(Objective, Protocol):
    """An objective that is a mean over samples, and can be asked for some of them."""

    def __len__(self) -> int: ...
    def batch(self, samples: Any) -> Objective:
        """The mean over these samples alone."""


@dataclass(frozen=True, eq=False)
class Source:
    """One gradient function per step.

    ``gradients()`` starts a walk: it yields ∇f for step 1, step 2, … ``steps_per_epoch`` is the number of
    steps in which every sample is seen once (None for a stream, which never comes round). ``value`` is the
    loss that the walk is judged by, where there is one.
    """

    gradients: Callable[[], Iterator[Gradient]]
    steps_per_epoch: Any = 1
    value: Callable[[Any], Any] | None = None

    def __post_init__(self) -> None:
        _check_function("gradients", self.gradients, "gradients() that yields one ∇f per step")
        if self.steps_per_epoch is not None:
            whole("steps_per_epoch", self.steps_per_epoch)
        if self.value is not None:
            _check_function("value", self.value, "value(θ)")


def batches(
    n: int, size: int, rng: np.random.Generator | None = None, shuffle: str = "every epoch", last: str = "smaller"
) -> Iterator[list[np.ndarray]]:
    """S₁ ∪ S₂ ∪ … = {0, …, n − 1}: for each epoch, the list of its ⌈n/size⌉ mini-batches.

    ``shuffle`` is "every epoch", "once" or "never"; the first two draw from ``rng``. If ``size`` does not
    divide n, the last batch is "smaller", or "dropped" for this epoch, which leaves ⌊n/size⌋.

    Raises ValueError or TypeError, naming the argument, at once and not at the first epoch.
    """
    n = whole("n", n)
    return _epochs(n, _check_batches(n, size, rng, shuffle, last), rng, shuffle, last)


def _epochs(n: int, size: int, rng: Any, shuffle: str, last: str) -> Iterator[list[np.ndarray]]:
    order = np.arange(n)
    end = n if last == "smaller" else n - n % size
    if shuffle == "once":
        order = rng.permutation(n)
    while True:
        if shuffle == "every epoch":
            order = rng.permutation(n)
        yield [order[i : i + size].copy() for i in range(0, end, size)]


def _check_batches(n: int, size: int, rng: Any, shuffle: str, last: str) -> int:
    """The size of a batch; raises for what doesn't fit."""
    one_of("shuffle", shuffle, ("every epoch", "once", "never"))
    one_of("last", last, ("smaller", "dropped"))
    if shuffle != "never":
        check_generator(rng, ", to shuffle")
    return whole("size", size, 1, n, ", the number of samples")


def _check_function(name: str, value: Any, what: str) -> None:
    if not callable(value):
        raise TypeError(f"{name} must be a function, {what}, got {shown(value)}")


def _has(objective: Any, *methods: str) -> bool:
    """Whether these can be called; those of a class can't, they need an object."""
    return not isinstance(objective, type) and all(callable(getattr(objective, name, None)) for name in methods)


def _check_model(model: Any) -> None:
    if not _has(model, "value", "grad"):
        raise TypeError(f"model must have .value and .grad, got {shown(model)}")


def mini_batches(
    model: Sampled,
    size: int,
    rng: np.random.Generator | None = None,
    shuffle: str = "every epoch",
    last: str = "smaller",
) -> Source:
    """g = ∇ of the mean loss over one batch S_j per step; after all of them the next epoch begins.

    The arguments are those of `batches`. The loss is judged on all samples. A second walk over the same
    source goes on drawing from ``rng``: to give two rules the same batches, make two sources from one seed.
    """
    if not _has(model, "__len__", "batch", "value", "grad"):
        raise TypeError(f"model must be a mean over samples, such as LeastSquares(X, y), got {shown(model)}")
    n = len(model)
    size = _check_batches(n, size, rng, shuffle, last)

    def gradients() -> Iterator[Gradient]:
        epochs = batches(n, size, rng, shuffle, last)
        return (model.batch(samples).grad for samples in chain.from_iterable(epochs))

    steps = -(-n // size) if last == "smaller" else n // size
    return Source(gradients, steps, model.value)


def one_sample(model: Sampled, rng: np.random.Generator | None = None, shuffle: str = "every epoch") -> Source:
    """Stochastic gradient descent: mini-batches of one   (Robbins & Monro, 1951)"""
    return mini_batches(model, 1, rng, shuffle)


def all_samples(model: Objective) -> Source:
    """Batch gradient descent: the exact gradient, the same function at every step."""
    _check_model(model)
    return Source(lambda: repeat(model.grad), 1, model.value)


def stream(samples: Iterable[Any], objective: Callable[[Any], Objective]) -> Source:
    """On-line learning: one gradient per sample as it arrives, each sample seen once.

    ``objective`` makes the loss of one sample, for example ``lambda s: LeastSquares(s.x[None], [s.y])``. When
    `samples` runs out, so does the walk, with an error that says after how many steps. There is no loss over
    all samples: nobody has them all.
    """
    try:
        iter(samples)
    except TypeError:
        raise TypeError(f"samples must be something to go through, such as a list, got {shown(samples)}") from None
    _check_function("objective", objective, "the loss of one sample")
    return Source(lambda: (_gradient_of(objective(sample)) for sample in samples), None)


def _gradient_of(model: Any) -> Gradient:
    if not _has(model, "grad"):
        raise TypeError(f"objective must make something with .grad, got {shown(model)}")
    return model.grad


def given(gradients: Any) -> Source:
    """g₁, g₂, …: gradients that are known beforehand, the same wherever θ is.

    ``gradients`` has the shape ``(time,)``, one number for all coordinates, or ``(time, dim)``, and is finite.
    There is no loss.
    """
    series = check_finite("gradients", array("gradients", gradients))
    if series.ndim not in (1, 2):
        raise ValueError(f"gradients must have the shape (time,) or (time, dim), got {series.shape}")
    return Source(lambda: (partial(_wherever, g) for g in series), None)


def _wherever(g: np.ndarray, theta: Any) -> Any:
    return np.multiply.outer(g, np.ones(np.shape(theta)[g.ndim :]))


def as_source(objective: Any) -> Source:
    """`objective` as a `Source`: a source itself, something with value and grad, or a function ∇f(θ)."""
    if isinstance(objective, Source):
        return objective
    if _has(objective, "value", "grad"):
        return all_samples(objective)
    if callable(objective) and not isinstance(objective, type):
        return Source(lambda: repeat(objective))
    raise TypeError(
        f"objective must be a source, have .value and .grad, or be a function ∇f(θ), got {shown(objective)}"
    )


def checked_gradient(g: Any, theta: Any) -> np.ndarray:
    """What a gradient function returned, as an array; raises unless there is one number for each of θ."""
    found = array("the gradient", g)
    if found.shape != np.shape(theta):
        raise ValueError(f"the gradient must have the shape of theta, {np.shape(theta)}, got {found.shape}")
    return found


def with_noise(objective: Any, eta: float, gamma: float, rng: np.random.Generator) -> Source:
    """gₜ ← gₜ + N(0, σₜ²) in every coordinate, with σₜ² = η / (1 + k)^γ   (Neelakantan et al., 2015)

    k = t − 1 counts the steps that are done, so that the first noise has the variance η, as in optax.add_noise.
    ``eta`` and ``gamma`` are in [0, ∞); the paper uses η in {0.01, 0.3, 1} and γ = 0.55. There is one draw per
    step, shared by a whole grid. A second walk over the same source goes on drawing from ``rng``. Source:
    A. Neelakantan et al., Adding gradient noise improves learning for very deep networks, arXiv:1511.06807.
    """
    source = as_source(objective)
    eta, gamma = check("eta", eta), check("gamma", gamma)
    check_generator(rng)

    def gradients() -> Iterator[Gradient]:
        for done, grad in enumerate(source.gradients()):
            yield partial(_noisy, grad, np.sqrt(eta * (1.0 + done) ** -gamma), rng)

    return replace(source, gradients=gradients)


def _noisy(grad: Gradient, sigma: float, rng: np.random.Generator, theta: Any) -> Any:
    g = checked_gradient(grad(theta), theta)
    noise = sigma * rng.standard_normal(len(g))
    return g + noise.reshape(-1, *(1,) * (g.ndim - 1))


def with_l2(objective: Any, weight_decay: float) -> Source:
    """f(θ) ← f(θ) + λ/2 ‖θ‖², so g ← g + λ θ: weight decay as a part of the loss.

    ``weight_decay``, λ, is in [0, ∞). The loss that the walk is judged by has the term too. For gradient descent
    it is `SGDW` with α λ for its λ; for a rule that averages or rescales gradients it is another thing.
    """
    source = as_source(objective)
    weight_decay = check("weight_decay", weight_decay)
    value = source.value

    def gradients() -> Iterator[Gradient]:
        return (partial(_pulled, grad, weight_decay) for grad in source.gradients())

    def penalised(theta: Any) -> Any:
        theta = np.asarray(theta)
        return value(theta) + weight_decay / 2 * np.sum(theta**2, axis=0)  # type: ignore[misc]

    return replace(source, gradients=gradients, value=None if value is None else penalised)


def _pulled(grad: Gradient, weight_decay: float, theta: Any) -> Any:
    pull = weight_decay * theta  # first: other people's code may work in place
    return checked_gradient(grad(theta), theta) + pull
