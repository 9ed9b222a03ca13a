"""Adam and its relatives: a direction from the averaged gradient, a rate for each parameter."""

from typing import NamedTuple

import numpy as np

from descent.rules.base import Rule, Value, rule

__all__ = ["Adam"]


@rule
class Adam(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α m̂ / (√v̂ + ε)

    with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ)   (Kingma & Ba, 2015)

    ``alpha`` is the learning rate, in [0, ∞), in units of θ; ``beta1`` and
    ``beta2`` are the decays of the two averages, in [0, 1); ``epsilon``, in
    [0, ∞), keeps the division finite. m and v have the shape of θ and start
    at zero. Source: D. P. Kingma and J. Ba, ICLR 2015, algorithm 1.
    """

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
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        theta = theta - self.alpha * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return theta, self.State(m, v)
