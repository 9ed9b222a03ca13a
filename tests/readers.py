"""Rules as a reader might write them: with norms, clips, branches on the step, several memories."""

from typing import NamedTuple

import numpy as np

from descent import Rule, Value, rule


@rule
class Sign(Rule):
    alpha: Value = 0.01

    def update(self, theta, g, state, t):
        return theta - self.alpha * np.sign(g), state


HALF = 0.5


@rule
class Halved(Rule):
    alpha: Value = 0.01

    def update(self, theta, g, state, t):
        return theta - HALF * self.alpha * g, state


@rule
class Normalised(Rule):
    alpha: Value = 0.01

    def update(self, theta, g, state, t):
        return theta - self.alpha * g / (np.linalg.norm(g, axis=0) + 1e-12), state


@rule
class Clipped(Rule):
    alpha: Value = 0.01
    bound: Value = 1.0

    def update(self, theta, g, state, t):
        g = np.clip(g, -self.bound, self.bound)
        return theta - self.alpha * g, state


@rule
class WarmStart(Rule):
    alpha: Value = 0.01
    beta: Value = 0.9

    class State(NamedTuple):
        m: Value

    def update(self, theta, g, state, t):
        m = np.where(t == 1, g, self.beta * state.m + (1 - self.beta) * g)
        return theta - self.alpha * m, self.State(m)


@rule
class Largest(Rule):
    alpha: Value = 0.01
    beta1: Value = 0.9
    beta2: Value = 0.99

    class State(NamedTuple):
        m: Value
        u: Value

    def update(self, theta, g, state, t):
        m = self.beta1 * state.m + (1 - self.beta1) * g
        u = np.maximum(self.beta2 * state.u, np.abs(g) + 1e-8)
        return theta - self.alpha / (1 - self.beta1**t) * m / u, self.State(m, u)


@rule
class Several(Rule):
    """Two velocities in one field, and a number that starts at one."""

    alpha: Value = 0.01

    class State(NamedTuple):
        v: Value
        product: Value

    def init(self, theta):
        return self.State(np.stack([np.zeros_like(theta), np.zeros_like(theta)]), np.ones(()))

    def update(self, theta, g, state, t):
        v = np.stack([0.5 * state.v[0] + g, 0.9 * state.v[1] + g])
        product = 0.9 * state.product
        return theta - self.alpha * np.mean(v, axis=0) / (2 - product), self.State(v, product)


READERS = [Sign, Halved, Normalised, Clipped, WarmStart, Largest, Several]
