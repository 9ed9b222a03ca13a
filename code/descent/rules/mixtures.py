"""Memories that are mixed: the average with the newest gradient, several velocities with each other."""

from typing import NamedTuple

import numpy as np

from descent.rules.base import Rule, Value, rule

__all__ = ["QHM", "AggMo", "QHAdam"]


@rule
class QHM(Rule):
    """m ← β m + (1 − β) g,   θ ← θ − α ((1 − ν) g + ν m)   (Ma & Yarats, 2019)

    ``alpha`` is the learning rate, in [0, ∞); ``beta`` the share of the
    average that is kept, in [0, 1); ``nu`` the weight of the average against
    the newest gradient, in [0, 1]. m has the shape of θ and starts at zero.
    Source: J. Ma and D. Yarats, ICLR 2019, equations 3 and 4.
    """

    alpha: Value = 0.001
    beta: Value = 0.999
    nu: Value = 0.7

    class State(NamedTuple):
        m: Value

    def update(self, theta, g, state, t):
        m = self.beta * state.m + (1 - self.beta) * g
        return theta - self.alpha * ((1 - self.nu) * g + self.nu * m), self.State(m)


@rule
class AggMo(Rule):
    """vᵢ ← βᵢ vᵢ + g for i = 1, …, K,   θ ← θ − α (v₁ + ⋯ + v_K) / K   (Lucas et al., 2019)

    ``alpha`` is the learning rate, in [0, ∞); ``betas`` a tuple of K decays,
    each in [0, 1). v holds the K velocities, shape ``(K, dim, *grid)``, and
    starts at zero. Source: J. Lucas, S. Sun, R. Zemel and R. Grosse, ICLR
    2019, equation 3.
    """

    alpha: Value = 0.0003
    betas: Value = (0.0, 0.9, 0.99)

    class State(NamedTuple):
        v: Value

    def init(self, theta):
        return self.State(np.stack([np.zeros_like(theta) for _ in self.betas]))

    def update(self, theta, g, state, t):
        v = np.stack([beta * v + g for beta, v in zip(self.betas, state.v, strict=True)])
        return theta - self.alpha * np.mean(v, axis=0), self.State(v)


@rule
class QHAdam(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α m̄ / (√v̄ + ε)

    with m̄ = (1 − ν₁) g + ν₁ m / (1 − β₁ᵗ) and
    v̄ = (1 − ν₂) g² + ν₂ v / (1 − β₂ᵗ)   (Ma & Yarats, 2019)

    ``alpha`` is the learning rate, in [0, ∞), in units of θ; ``beta1`` and
    ``beta2`` are the decays of the two averages, in [0, 1); ``nu1`` and
    ``nu2`` their weights against the newest gradient, in [0, 1]; ``epsilon``,
    in [0, ∞), keeps the division finite. m and v have the shape of θ and
    start at zero. Source: J. Ma and D. Yarats, ICLR 2019, section 5.
    """

    alpha: Value = 0.001
    beta1: Value = 0.995
    beta2: Value = 0.999
    nu1: Value = 0.7
    nu2: Value = 1.0
    epsilon: Value = 1e-8

    class State(NamedTuple):
        m: Value
        v: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        m_bar = (1 - self.nu1) * g + self.nu1 * m_hat
        v_bar = (1 - self.nu2) * g**2 + self.nu2 * v_hat
        return theta - self.alpha * m_bar / (np.sqrt(v_bar) + self.epsilon), self.State(m, v)
