"""The forms of PyTorch (``torch.optim``), where their path isn't the paper's."""

from typing import NamedTuple

import numpy as np

from descent.rules.base import Rule, Value, rule

__all__ = [
    "Momentum",
    "Nesterov",
    "RMSprop",
    "CenteredRMSprop",
    "Adadelta",
    "Adam",
    "AdaMax",
    "Nadam",
    "AMSGrad",
    "AdamW",
]

# Rules that PyTorch has in the paper's form, with its own defaults. Its AdaGrad has α / (1 + (t − 1) · lr_decay),
# which is a schedule, and its RMSprop a momentum: see below.
SAME = ("GradientDescent", "AdaGrad")


@rule
class Momentum(Rule):
    """b ← β b + (1 − d) g,  at t = 1 b ← g,   θ ← θ − α b

    A sum of gradients: with a constant α the path of the heavy ball, with a
    schedule another one, since α multiplies all of b at once. ``alpha`` is
    the learning rate, in [0, ∞); ``beta`` (``momentum=``) is in [0, 1);
    ``dampening`` is d, in [0, 1], and spares the first gradient, so that
    d = β is *not* the average m ← β m + (1 − β) g: the first step is
    1 / (1 − β) times as long. Source: torch.optim.SGD, PyTorch 2.13.
    """

    title = "momentum (PyTorch, optax)"
    alpha: Value = 0.001
    beta: Value = 0.9
    dampening: Value = 0.0

    class State(NamedTuple):
        b: Value

    def update(self, theta, g, state, t):
        b = np.where(t == 1, g, self.beta * state.b + (1 - self.dampening) * g)
        return theta - self.alpha * b, self.State(b)


@rule
class Nesterov(Rule):
    """b ← β b + g,   θ ← θ − α (g + β b)

    The θ that is stored, and at which g is taken, is the look-ahead point of
    the paper's form; while α is constant the two walk the same path. When α
    changes they part. ``alpha`` is the learning rate, in [0, ∞); ``beta``
    (``momentum=``) is in [0, 1). Source: torch.optim.SGD(nesterov=True),
    PyTorch 2.13; optax.sgd(nesterov=True), optax 0.2.8.
    """

    title = "Nesterov (PyTorch, optax)"
    alpha: Value = 0.001
    beta: Value = 0.9

    class State(NamedTuple):
        b: Value

    def update(self, theta, g, state, t):
        b = self.beta * state.b + g
        return theta - self.alpha * (g + self.beta * b), self.State(b)


@rule
class RMSprop(Rule):
    """s ← β s + (1 − β) g²,   b ← μ b + g / (√s + ε),   θ ← θ − α b

    With μ = 0 the paper's form. ``alpha`` is the learning rate, in [0, ∞);
    ``beta`` (``alpha=`` in PyTorch) and ``momentum``, μ, are in [0, 1);
    ``epsilon`` is in [0, ∞). Source: torch.optim.RMSprop, PyTorch 2.13.
    """

    title = "RMSprop (PyTorch)"
    alpha: Value = 0.01
    beta: Value = 0.99
    epsilon: Value = 1e-8
    momentum: Value = 0.0

    class State(NamedTuple):
        s: Value
        b: Value

    def update(self, theta, g, state, t):
        s = self.beta * state.s + (1 - self.beta) * g**2
        b = self.momentum * state.b + g / (np.sqrt(s) + self.epsilon)
        return theta - self.alpha * b, self.State(s, b)


@rule
class CenteredRMSprop(Rule):
    """m ← β m + (1 − β) g,  s ← β s + (1 − β) g²,  θ ← θ − α g / (√(s − m²) + ε)

    Divides by the spread of the gradients, not by their size (Graves, 2013):
    while g hardly changes, s − m² goes to zero and the steps run away.
    Rounding can make it negative, and then the root is NaN. ``alpha`` is the
    learning rate, in [0, ∞); ``beta`` is in [0, 1), ``epsilon`` in [0, ∞).
    Source: torch.optim.RMSprop(centered=True), PyTorch 2.13.
    """

    title = "centred RMSprop (PyTorch)"
    alpha: Value = 0.01
    beta: Value = 0.99
    epsilon: Value = 1e-8

    class State(NamedTuple):
        m: Value
        s: Value

    def update(self, theta, g, state, t):
        m = self.beta * state.m + (1 - self.beta) * g
        s = self.beta * state.s + (1 - self.beta) * g**2
        return theta - self.alpha * g / (np.sqrt(s - m**2) + self.epsilon), self.State(m, s)


@rule
class Adadelta(Rule):
    """s ← β s + (1 − β) g²,   d ← g √(u + ε) / √(s + ε),   θ ← θ − α d

    with u ← β u + (1 − β) d², which doesn't see α. ``alpha`` is a learning
    rate that the paper doesn't have, in [0, ∞), 1 for the paper's form;
    ``beta`` (``rho=``) is in [0, 1), ``epsilon`` in [0, ∞). Source:
    torch.optim.Adadelta, PyTorch 2.13.
    """

    title = "Adadelta (PyTorch, optax)"
    alpha: Value = 1.0
    beta: Value = 0.9
    epsilon: Value = 1e-6

    class State(NamedTuple):
        s: Value
        u: Value

    def update(self, theta, g, state, t):
        s = self.beta * state.s + (1 - self.beta) * g**2
        d = g * np.sqrt(state.u + self.epsilon) / np.sqrt(s + self.epsilon)
        u = self.beta * state.u + (1 - self.beta) * d**2
        return theta - self.alpha * d, self.State(s, u)


@rule
class Adam(Rule):
    """g ← g + λ θ,  m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α m̂ / (√v̂ + ε)

    with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ). With λ = 0 the paper's
    form; otherwise the pull towards zero goes through both averages, and is
    divided by √v̂ like any gradient: L2, not decoupled decay. ``alpha``,
    ``epsilon`` and ``weight_decay``, λ, are in [0, ∞), ``beta1`` and
    ``beta2`` in [0, 1). Source: torch.optim.Adam, PyTorch 2.13.
    """

    title = "Adam with L2 (PyTorch)"
    alpha: Value = 0.001
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-8
    weight_decay: Value = 0.0

    class State(NamedTuple):
        m: Value
        v: Value

    def update(self, theta, g, state, t):
        g = g + self.weight_decay * theta
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        theta = theta - self.alpha * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return theta, self.State(m, v)


@rule
class AdaMax(Rule):
    """m ← β₁ m + (1 − β₁) g,  u ← max(β₂ u, |g| + ε),  θ ← θ − α / (1 − β₁ᵗ) · m / u

    The paper has no ε, and 0/0 where the first gradient is 0. ``alpha`` and
    ``epsilon`` are in [0, ∞), ``beta1`` and ``beta2`` in [0, 1). Source:
    torch.optim.Adamax, PyTorch 2.13; optax.adamax, optax 0.2.8.
    """

    title = "AdaMax (PyTorch, optax)"
    alpha: Value = 0.002
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-8

    class State(NamedTuple):
        m: Value
        u: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        u = np.maximum(self.beta2 * state.u, np.abs(g) + self.epsilon)
        return theta - self.alpha / (1 - self.beta1**t) * m / u, self.State(m, u)


@rule
class Nadam(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α m̂ / (√v̂ + ε)

    with μₜ = β₁ (1 − ½ · 0.96^(ψ t)),  v̂ = v / (1 − β₂ᵗ)  and
    m̂ = μₜ₊₁ m / (1 − μ₁⋯μₜ₊₁) + (1 − μₜ) g / (1 − μ₁⋯μₜ)

    m is averaged with β₁, where the paper has μₜ, and still divided by the
    product of the μ. ``alpha``, ``epsilon`` and ``psi`` (``momentum_decay=``)
    are in [0, ∞), ``beta1`` and ``beta2`` in [0, 1). Source:
    torch.optim.NAdam, PyTorch 2.13.
    """

    title = "Nadam (PyTorch)"
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
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        m_hat = mu_next * m / (1 - mu_next * product) + (1 - mu) * g / (1 - product)
        v_hat = v / (1 - self.beta2**t)
        theta = theta - self.alpha * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return theta, self.State(m, v, product)


@rule
class AMSGrad(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← max(w, v),  θ ← θ − α m̂ / (√ŵ + ε)

    with m̂ = m / (1 − β₁ᵗ) and ŵ = w / (1 − β₂ᵗ): the largest v so far, as in
    the paper, but corrected like Adam's. As 1 − β₂ᵗ grows, ŵ may fall.
    ``alpha`` and ``epsilon`` are in [0, ∞), ``beta1`` and ``beta2`` in
    [0, 1). Source: torch.optim.Adam(amsgrad=True), PyTorch 2.13.
    """

    title = "AMSGrad (PyTorch)"
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
        w = np.maximum(state.w, v)
        m_hat = m / (1 - self.beta1**t)
        w_hat = w / (1 - self.beta2**t)
        theta = theta - self.alpha * m_hat / (np.sqrt(w_hat) + self.epsilon)
        return theta, self.State(m, v, w)


@rule
class AdamW(Rule):
    """m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − α (m̂ / (√v̂ + ε) + λ θ)

    with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ). α multiplies the decay
    too: λ here is λ / α of the paper, and a schedule of α moves both terms.
    ``alpha``, ``epsilon`` and ``weight_decay``, λ, are in [0, ∞), ``beta1``
    and ``beta2`` in [0, 1). Source: torch.optim.AdamW, PyTorch 2.13.
    """

    title = "AdamW (PyTorch)"
    alpha: Value = 0.001
    beta1: Value = 0.9
    beta2: Value = 0.999
    epsilon: Value = 1e-8
    weight_decay: Value = 0.01

    class State(NamedTuple):
        m: Value
        v: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        v = self.beta2 * state.v + (1 - self.beta2) * g**2
        m_hat = m / (1 - self.beta1**t)
        v_hat = v / (1 - self.beta2**t)
        d = m_hat / (np.sqrt(v_hat) + self.epsilon)
        return theta - self.alpha * (d + self.weight_decay * theta), self.State(m, v)
