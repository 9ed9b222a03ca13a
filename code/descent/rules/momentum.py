"""Rules with a velocity."""

from typing import NamedTuple

from descent.rules.base import Rule, Value, rule

__all__ = ["Momentum", "Nesterov"]


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
