"""The forms of optax, where their path isn't the paper's. Most are those of PyTorch or of Keras."""

from typing import NamedTuple

import numpy as np

from descent.conventions import keras, torch
from descent.conventions.keras import AdaGrad as AdaGrad
from descent.conventions.torch import Adadelta as Adadelta
from descent.conventions.torch import AdaMax as AdaMax
from descent.conventions.torch import Momentum as Momentum
from descent.conventions.torch import Nesterov as Nesterov
from descent.rules.base import Rule, Value, rule

__all__ = [
    "AdaGrad",
    "AdaMax",
    "Adadelta",
    "Momentum",
    "Nesterov",
    "RMSprop",
    "CenteredRMSprop",
    "Nadam",
    "AMSGrad",
    "AdamW",
]

# Rules that optax has in the paper's form. AveragedMomentum is optax.ema(β, debias=False), then a rate.
SAME = ("GradientDescent", "AveragedMomentum", "Adam")


@rule
class RMSprop(keras.RMSprop):
    """s ← β s + (1 − β) g²,   v ← μ v + α g / √(s + ε),   θ ← θ − v

    Keras' form with optax' default ε. Arguments as there. Source:
    optax.rmsprop, optax 0.2.8, whose ``eps_in_sqrt=False`` is the paper's.
    """

    title = "RMSprop (optax)"
    epsilon: Value = 1e-8


@rule
class CenteredRMSprop(keras.CenteredRMSprop):
    """m ← β m + (1 − β) g,  s ← β s + (1 − β) g²,  θ ← θ − α g / √(s − m² + ε)

    Keras' form with optax' default ε. Arguments as there. Source:
    optax.rmsprop(centered=True), optax 0.2.8.
    """

    title = "centred RMSprop (optax)"
    epsilon: Value = 1e-8


@rule
class Nadam(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α m̂ / (√v̂ + ε)

    with v̂ = v / (1 − β₂ᵗ) and m̂ = β₁ m / (1 − β₁ᵗ⁺¹) + (1 − β₁) g / (1 − β₁ᵗ):
    μ is β₁ from the first step. ``alpha`` and ``epsilon`` are in [0, ∞),
    ``beta1`` and ``beta2`` in [0, 1). Source: optax.nadam, optax 0.2.8.
    """

    title = "Nadam (optax)"
    alpha: Value = 0.001
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-8

    class State(NamedTuple):
        m: Value
        v: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        m_hat = self.beta1 * m / (1 - self.beta1 ** (t + 1)) + (1 - self.beta1) * g / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        theta = theta - self.alpha * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return theta, self.State(m, v)


@rule
class AMSGrad(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← max(w, v̂),  θ ← θ − α m̂ / (√w + ε)

    with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ): the largest *corrected* v,
    which never forgets v̂₁ = g₁². ``alpha`` and ``epsilon`` are in [0, ∞),
    ``beta1`` and ``beta2`` in [0, 1). Source: optax.amsgrad, optax 0.2.8,
    whose bias_correction_mu=False with bias_correction_nu=False is the
    paper's.
    """

    title = "AMSGrad (optax)"
    alpha: Value = 0.001
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-8

    class State(NamedTuple):
        m: Value
        v: Value
        w: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        w = np.maximum(state.w, v_hat)
        return theta - self.alpha * m_hat / (np.sqrt(w) + self.epsilon), self.State(m, v, w)


@rule
class AdamW(torch.AdamW):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α (m̂ / (√v̂ + ε) + λ θ)

    with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ): PyTorch's form with optax'
    default λ. Arguments as there. Source: optax.adamw, optax 0.2.8.
    """

    title = "AdamW (optax)"
    weight_decay: Value = 1e-4
