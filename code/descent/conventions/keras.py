"""The forms of Keras (``keras.optimizers``), where their path isn't the paper's."""

from typing import NamedTuple

import numpy as np

from descent.conventions import torch
from descent.rules.base import Rule, Value, rule

__all__ = [
    "Nesterov",
    "AdaGrad",
    "RMSprop",
    "CenteredRMSprop",
    "Adadelta",
    "Adam",
    "AdaMax",
    "Nadam",
    "AMSGrad",
    "AdamW",
]

# Rules that Keras has in the paper's form, with its own defaults.
SAME = ("GradientDescent", "Momentum")


@rule
class Nesterov(Rule):
    """v ← β v + α g,   θ ← θ − (β v + α g)

    The θ that is stored, and at which g is taken, is the look-ahead point of
    the paper's form, whatever a schedule does. ``alpha`` is the learning
    rate, in [0, ∞); ``beta`` (``momentum=``) is in [0, 1). Source:
    keras.optimizers.SGD(nesterov=True), Keras 3.15, with v for its −v.
    """

    title = "Nesterov (Keras)"
    alpha: Value = 0.001
    beta: Value = 0.9

    class State(NamedTuple):
        v: Value

    def update(self, theta, g, state, t):
        v = self.beta * state.v + self.alpha * g
        return theta - (self.beta * v + self.alpha * g), self.State(v)


@rule
class AdaGrad(Rule):
    """s ← s + g²,  at the start s = s₀,   θ ← θ − α g / √(s + ε)

    ε stands inside the root, and the sum starts at s₀: the first steps are
    no longer α whatever the gradient's size. ``alpha``, ``epsilon`` and
    ``initial`` (``initial_accumulator_value=``), s₀, are in [0, ∞). Source:
    keras.optimizers.Adagrad, Keras 3.15; optax.adagrad, optax 0.2.8.
    """

    title = "AdaGrad (Keras, optax)"
    alpha: Value = 0.001
    epsilon: Value = 1e-7
    initial: Value = 0.1

    class State(NamedTuple):
        s: Value

    def init(self, theta):
        return self.State(self.initial * np.ones_like(theta))

    def update(self, theta, g, state, t):
        s = state.s + g**2
        return theta - self.alpha * g / np.sqrt(s + self.epsilon), self.State(s)


@rule
class RMSprop(Rule):
    """s ← β s + (1 − β) g²,   v ← μ v + α g / √(s + ε),   θ ← θ − v

    ε stands inside the root, and α inside the momentum. ``alpha`` is the
    learning rate, in [0, ∞); ``beta`` (``rho=``) and ``momentum``, μ, are in
    [0, 1); ``epsilon`` is in [0, ∞). Source: keras.optimizers.RMSprop,
    Keras 3.15; optax.rmsprop, optax 0.2.8, with ε = 1e-8.
    """

    title = "RMSprop (Keras)"
    alpha: Value = 0.001
    beta: Value = 0.9
    epsilon: Value = 1e-7
    momentum: Value = 0.0

    class State(NamedTuple):
        s: Value
        v: Value

    def update(self, theta, g, state, t):
        s = self.beta * state.s + (1 - self.beta) * g**2
        v = self.momentum * state.v + self.alpha * g / np.sqrt(s + self.epsilon)
        return theta - v, self.State(s, v)


@rule
class CenteredRMSprop(Rule):
    """m ← β m + (1 − β) g,  s ← β s + (1 − β) g²,  θ ← θ − α g / √(s − m² + ε)

    Divides by the spread of the gradients (Graves, 2013), with ε inside the
    root. ``alpha`` is the learning rate, in [0, ∞); ``beta`` (``rho=``) is in
    [0, 1), ``epsilon`` in [0, ∞). Source: keras.optimizers.RMSprop(centered=
    True), Keras 3.15; optax.rmsprop(centered=True), optax 0.2.8.
    """

    title = "centred RMSprop (Keras)"
    alpha: Value = 0.001
    beta: Value = 0.9
    epsilon: Value = 1e-7

    class State(NamedTuple):
        m: Value
        s: Value

    def update(self, theta, g, state, t):
        m = self.beta * state.m + (1 - self.beta) * g
        s = self.beta * state.s + (1 - self.beta) * g**2
        return theta - self.alpha * g / np.sqrt(s - m**2 + self.epsilon), self.State(m, s)


@rule
class Adadelta(torch.Adadelta):
    """s ← β s + (1 − β) g²,   d ← g √(u + ε) / √(s + ε),   θ ← θ − α d

    PyTorch's form with Keras' defaults: α = 0.001 makes the steps a thousand
    times shorter than the paper's. Arguments as there. Source:
    keras.optimizers.Adadelta, Keras 3.15.
    """

    title = "Adadelta (Keras)"
    alpha: Value = 0.001
    beta: Value = 0.95
    epsilon: Value = 1e-7


@rule
class Adam(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − αₜ m / (√v + ε)

    with αₜ = α √(1 − β₂ᵗ) / (1 − β₁ᵗ): ε is added before the correction, the
    ε̂ at the end of the paper's section 2, and acts as ε / √(1 − β₂ᵗ) does in
    the paper's form. ``alpha`` and ``epsilon`` are in [0, ∞), ``beta1`` and
    ``beta2`` in [0, 1). Source: keras.optimizers.Adam, Keras 3.15.
    """

    title = "Adam (Keras)"
    alpha: Value = 0.001
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-7

    class State(NamedTuple):
        m: Value
        v: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        rate = self.alpha * np.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)
        return theta - rate * m / (np.sqrt(v) + self.epsilon), self.State(m, v)


@rule
class AdaMax(Rule):
    """m ← β₁ m + (1 − β₁) g,  u ← max(β₂ u, |g|),  θ ← θ − α / (1 − β₁ᵗ) · m / (u + ε)

    ``alpha`` and ``epsilon``, which the paper doesn't have, are in [0, ∞),
    ``beta1`` and ``beta2`` in [0, 1). Source: keras.optimizers.Adamax,
    Keras 3.15.
    """

    title = "AdaMax (Keras)"
    alpha: Value = 0.001
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-7

    class State(NamedTuple):
        m: Value
        u: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        u = np.maximum(self.beta2 * state.u, np.abs(g))
        return theta - self.alpha / (1 - self.beta1**t) * m / (u + self.epsilon), self.State(m, u)


@rule
class Nadam(torch.Nadam):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α m̂ / (√v̂ + ε)

    with μₜ = β₁ (1 − ½ · 0.96^(ψ t)),  v̂ = v / (1 − β₂ᵗ)  and
    m̂ = μₜ₊₁ m / (1 − μ₁⋯μₜ₊₁) + (1 − μₜ) g / (1 − μ₁⋯μₜ)

    PyTorch's form with ψ = 1, which Keras has no argument for: μ reaches β₁
    250 times sooner than in the paper. Other arguments as there. Source:
    keras.optimizers.Nadam, Keras 3.15.
    """

    title = "Nadam (Keras)"
    alpha: Value = 0.001
    psi: Value = 1.0
    epsilon: Value = 1e-7


@rule
class AMSGrad(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← max(w, v),  θ ← θ − αₜ m / (√w + ε)

    with αₜ = α √(1 − β₂ᵗ) / (1 − β₁ᵗ), as in Keras' Adam. ``alpha`` and
    ``epsilon`` are in [0, ∞), ``beta1`` and ``beta2`` in [0, 1). Source:
    keras.optimizers.Adam(amsgrad=True), Keras 3.15.
    """

    title = "AMSGrad (Keras)"
    alpha: Value = 0.001
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-7

    class State(NamedTuple):
        m: Value
        v: Value
        w: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        w = np.maximum(state.w, v)
        rate = self.alpha * np.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)
        return theta - rate * m / (np.sqrt(w) + self.epsilon), self.State(m, v, w)


@rule
class AdamW(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − αₜ m / (√v + ε) − α λ θ

    with αₜ = α √(1 − β₂ᵗ) / (1 − β₁ᵗ), as in Keras' Adam. The decay is
    multiplied by α, not by αₜ. ``alpha``, ``epsilon`` and ``weight_decay``,
    λ, are in [0, ∞), ``beta1`` and ``beta2`` in [0, 1). Source:
    keras.optimizers.AdamW, Keras 3.15; there, every optimiser has it.
    """

    title = "AdamW (Keras)"
    alpha: Value = 0.001
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-7
    weight_decay: Value = 0.004

    class State(NamedTuple):
        m: Value
        v: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        rate = self.alpha * np.sqrt(1 - self.beta2**t) / (1 - self.beta1**t)
        d = rate * m / (np.sqrt(v) + self.epsilon)
        return theta - d - self.alpha * self.weight_decay * theta, self.State(m, v)
