"""Adam and its relatives: a direction from the averaged gradient, a rate for each parameter."""

from typing import NamedTuple

import numpy as np

from descent.rules.base import Rule, Value, rule

__all__ = ["AMSGrad", "AdaMax", "Adam", "AdamW", "Nadam"]


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


@rule
class AdaMax(Rule):
    """m ← β₁ m + (1 − β₁) g,  u ← max(β₂ u, |g|),  θ ← θ − α / (1 − β₁ᵗ) · m / u

    (Kingma & Ba, 2015)

    ``alpha`` is the learning rate, in [0, ∞), in units of θ; ``beta1`` and
    ``beta2`` are the decays of m and u, in [0, 1). m and u have the shape of
    θ and start at zero. There is no ε: a coordinate whose gradient has been
    zero from the start makes 0/0. Source: D. P. Kingma and J. Ba, ICLR 2015,
    algorithm 2.
    """

    alpha: Value = 0.002
    beta1: Value = 0.9
    beta2: Value = 0.999

    class State(NamedTuple):
        m: Value
        u: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        u = np.maximum(self.beta2 * state.u, np.abs(g))
        return theta - self.alpha / (1 - self.beta1**t) * m / u, self.State(m, u)


@rule
class Nadam(Rule):
    """m ← μₜ m + (1 − μₜ) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α m̂ / (√v̂ + ε)

    with μₜ = β₁ (1 − ½ · 0.96^(ψ t)),  v̂ = v / (1 − β₂ᵗ)  and
    m̂ = μₜ₊₁ m / (1 − μ₁⋯μₜ₊₁) + (1 − μₜ) g / (1 − μ₁⋯μₜ)   (Dozat, 2016)

    ``alpha`` is the learning rate, in [0, ∞), in units of θ; ``beta1`` and
    ``beta2`` are the decays of m and v, in [0, 1); ``psi``, in [0, ∞), is how
    fast μ rises from β₁/2 to β₁; ``epsilon``, in [0, ∞), keeps the division
    finite. m and v have the shape of θ and start at zero, the product of the
    μ at one. Source: T. Dozat, ICLR workshop 2016, algorithm 2, whose v̂ has
    a factor β₂ that PyTorch, Keras and optax leave out.
    """

    alpha: Value = 0.002
    beta1: Value = 0.9
    beta2: Value = 0.999
    psi: Value = 0.004
    epsilon: Value = 1e-8

    class State(NamedTuple):
        m: Value
        v: Value
        product: Value

    def init(self, theta):
        return self.State(np.zeros_like(theta), np.zeros_like(theta), np.ones_like(theta))

    def update(self, theta, g, state, t):
        mu = self.beta1 * (1 - 0.5 * 0.96 ** (self.psi * t))
        mu_next = self.beta1 * (1 - 0.5 * 0.96 ** (self.psi * (t + 1)))
        product = mu * state.product
        m = mu * state.m + (1 - mu) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        m_hat = mu_next * m / (1 - mu_next * product) + (1 - mu) * g / (1 - product)
        v_hat = v / (1 - self.beta2**t)
        theta = theta - self.alpha * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return theta, self.State(m, v, product)


@rule
class AMSGrad(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α m / (√v̂ + ε)

    with v̂ ← max(v̂, v), the largest v so far   (Reddi et al., 2018)

    ``alpha`` is the learning rate, in [0, ∞), in units of θ; ``beta1`` and
    ``beta2`` are the decays of m and v, in [0, 1); ``epsilon``, in [0, ∞),
    keeps the division finite (the paper has none). m, v and v̂ have the shape
    of θ and start at zero; nothing is corrected for that. Source: S. J.
    Reddi, S. Kale and S. Kumar, ICLR 2018, algorithm 2.
    """

    alpha: Value = 0.001
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-8

    class State(NamedTuple):
        m: Value
        v: Value
        v_hat: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        v_hat = np.maximum(state.v_hat, v)
        return theta - self.alpha * m / (np.sqrt(v_hat) + self.epsilon), self.State(m, v, v_hat)


@rule
class AdamW(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − η (α m̂ / (√v̂ + ε) + λ θ)

    with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ)   (Loshchilov & Hutter, 2019)

    ``alpha`` is the learning rate, in [0, ∞), in units of θ; ``beta1`` and
    ``beta2`` are the decays of the two averages, in [0, 1); ``epsilon``, in
    [0, ∞), keeps the division finite; ``weight_decay`` is λ, in [0, ∞), the
    share of θ that is taken away per step, *not* multiplied by α; ``eta`` is
    the schedule's multiplier, in [0, ∞), which scales both terms. m and v
    have the shape of θ and start at zero. Source: I. Loshchilov and
    F. Hutter, ICLR 2019, algorithm 2.
    """

    alpha: Value = 0.001
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-8
    weight_decay: Value = 1e-5
    eta: Value = 1.0

    class State(NamedTuple):
        m: Value
        v: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        d = self.alpha * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return theta - self.eta * (d + self.weight_decay * theta), self.State(m, v)
