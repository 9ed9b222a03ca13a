"""Rules with a velocity."""

from typing import NamedTuple

from descent.rules.base import Rule, Value, rule

__all__ = ["SGDW", "AveragedMomentum", "Momentum", "Nesterov"]


@rule
class Momentum(Rule):
    """v ← β v + α g,   θ ← θ − v   (Polyak, 1964)

    ``alpha`` is the learning rate, in [0, ∞); ``beta`` the share of the
    velocity that is kept, in [0, 1). The velocity v has the shape of θ and
    starts at zero. Source: B. T. Polyak, USSR Computational Mathematics and
    Mathematical Physics 4 (1964), 1–17, the heavy ball.
    """

    title = "momentum"
    alpha: Value = 0.001
    beta: Value = 0.9

    class State(NamedTuple):
        v: Value

    def update(self, theta, g, state, t):
        v = self.beta * state.v + self.alpha * g
        return theta - v, self.State(v)


@rule
class AveragedMomentum(Rule):
    """m ← β m + (1 − β) g,   θ ← θ − α m   (Kingma & Ba, 2015)

    Momentum as an average of the gradients: with a constant α it walks the
    path of `Momentum` with the learning rate α (1 − β). ``alpha`` is the
    learning rate, in [0, ∞); ``beta`` the share of the average that is kept,
    in [0, 1). m has the shape of θ and starts at zero. Source: the average of
    D. P. Kingma and J. Ba, ICLR 2015, algorithm 1, without its correction.
    """

    title = "averaged momentum"
    alpha: Value = 0.01
    beta: Value = 0.9

    class State(NamedTuple):
        m: Value

    def update(self, theta, g, state, t):
        m = self.beta * state.m + (1 - self.beta) * g
        return theta - self.alpha * m, self.State(m)


@rule
class Nesterov(Rule):
    """v ← β v + α ∇f(θ − β v),   θ ← θ − v   (Nesterov, 1983)

    ``alpha`` is the learning rate, in [0, ∞); ``beta`` the share of the
    velocity that is kept, in [0, 1). The gradient is taken at the look-ahead
    point θ − β v. Source: Y. Nesterov, Soviet Mathematics Doklady 27 (1983),
    372–376; in this form, with a constant β, I. Sutskever et al., ICML 2013.
    """

    alpha: Value = 0.001
    beta: Value = 0.9

    class State(NamedTuple):
        v: Value

    def probe(self, theta, state):
        return theta - self.beta * state.v

    def update(self, theta, g, state, t):
        v = self.beta * state.v + self.alpha * g
        return theta - v, self.State(v)


@rule
class SGDW(Rule):
    """v ← β v + η α g,   θ ← θ − v − η λ θ   (Loshchilov & Hutter, 2019)

    Momentum with decoupled weight decay. ``alpha`` is the learning rate, in
    [0, ∞); ``beta`` the share of the velocity that is kept, in [0, 1);
    ``weight_decay`` is λ, in [0, ∞), the share of θ that is taken away per
    step, *not* multiplied by α; ``eta`` is the schedule's multiplier, in
    [0, ∞), which scales both. v has the shape of θ and starts at zero.
    Source: I. Loshchilov and F. Hutter, ICLR 2019, algorithm 1.
    """

    alpha: Value = 0.001
    beta: Value = 0.9
    weight_decay: Value = 1e-5
    eta: Value = 1.0

    class State(NamedTuple):
        v: Value

    def update(self, theta, g, state, t):
        v = self.beta * state.v + self.eta * self.alpha * g
        return theta - v - self.eta * self.weight_decay * theta, self.State(v)
