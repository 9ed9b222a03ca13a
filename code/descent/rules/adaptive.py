"""A rate for each parameter: rules that divide by the size of past gradients."""

from typing import NamedTuple

import numpy as np

from descent.rules.base import Rule, Value, rule

__all__ = ["AdaGrad", "Adadelta", "RMSprop"]


@rule
class AdaGrad(Rule):
    """s ← s + g²,   θ ← θ − α g / (√s + ε)   (Duchi et al., 2011)

    ``alpha`` is the learning rate, in [0, ∞), in units of θ; ``epsilon``, in
    [0, ∞), keeps the division finite. s has the shape of θ and starts at
    zero. Source: J. Duchi, E. Hazan and Y. Singer, JMLR 12 (2011), 2121–2159,
    the diagonal form of figure 1, with their δ as ε.
    """

    alpha: Value = 0.01
    epsilon: Value = 1e-8

    class State(NamedTuple):
        s: Value

    def update(self, theta, g, state, t):
        s = state.s + g**2
        return theta - self.alpha * g / (np.sqrt(s) + self.epsilon), self.State(s)


@rule
class RMSprop(Rule):
    """s ← β s + (1 − β) g²,   θ ← θ − α g / (√s + ε)   (Hinton, 2012)

    ``alpha`` is the learning rate, in [0, ∞), in units of θ; ``beta`` the
    share of the average that is kept, in [0, 1); ``epsilon``, in [0, ∞),
    keeps the division finite (the slides have none). s has the shape of θ and
    starts at zero, uncorrected: the first step is α / √(1 − β) long in each
    coordinate. Source: G. Hinton, Neural Networks for Machine Learning,
    lecture 6e, 2012.
    """

    alpha: Value = 0.001
    beta: Value = 0.9
    epsilon: Value = 1e-8

    class State(NamedTuple):
        s: Value

    def update(self, theta, g, state, t):
        s = self.beta * state.s + (1 - self.beta) * g**2
        return theta - self.alpha * g / (np.sqrt(s) + self.epsilon), self.State(s)


@rule
class Adadelta(Rule):
    """s ← β s + (1 − β) g²,   d ← g √(u + ε) / √(s + ε),   θ ← θ − d

    with u ← β u + (1 − β) d², the average of the squared steps so far
    (Zeiler, 2012)

    ``beta`` is the share of both averages that is kept, in [0, 1);
    ``epsilon``, in [0, ∞), is more than a guard: the first step is
    √(ε / (1 − β)) long. There is no learning rate. s and u have the shape of
    θ and start at zero. Source: M. D. Zeiler, arXiv:1212.5701, algorithm 1.
    """

    beta: Value = 0.95
    epsilon: Value = 1e-6

    class State(NamedTuple):
        s: Value
        u: Value

    def update(self, theta, g, state, t):
        s = self.beta * state.s + (1 - self.beta) * g**2
        d = g * np.sqrt(state.u + self.epsilon) / np.sqrt(s + self.epsilon)
        u = self.beta * state.u + (1 - self.beta) * d**2
        return theta - d, self.State(s, u)
