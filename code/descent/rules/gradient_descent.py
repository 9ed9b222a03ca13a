"""The rule that all others change."""

from descent.rules.base import Rule, Value, rule

__all__ = ["GradientDescent"]


@rule
class GradientDescent(Rule):
    """θ ← θ − α g   (Cauchy, 1847)

    ``alpha`` is the learning rate, in [0, ∞). Where the largest curvature is
    λ, α λ < 2 is the limit of stability. Source: A. Cauchy, Comptes rendus 25
    (1847), 536–538.
    """

    title = "gradient descent"
    alpha: Value = 0.001

    def update(self, theta, g, state, t):
        return theta - self.alpha * g, state
