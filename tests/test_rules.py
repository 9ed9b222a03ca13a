"""Each rule is its equation."""

import dataclasses
import re
from dataclasses import FrozenInstanceError
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descent import (
    QHM,
    SGDW,
    Adadelta,
    AdaGrad,
    Adam,
    AdaMax,
    AdamW,
    AggMo,
    AMSGrad,
    AveragedMomentum,
    GradientDescent,
    Momentum,
    Nadam,
    Nesterov,
    QHAdam,
    RMSprop,
    Rule,
    Value,
    bowl,
    descend,
    grid,
    rosenbrock,
    rule,
)
from descent.rules.base import RANGES, values_of
from feeding import fed
from strategies import RULES, Parabola, hyperparameters, names, numbers

each_rule = pytest.mark.parametrize("a_rule", RULES, ids=names(RULES))
each_hyperparameter = pytest.mark.parametrize(
    ("a_rule", "name"), [(r, n) for r in RULES for n in numbers(r)], ids=lambda v: getattr(v, "__name__", v)
)


# ------------------------------------------------------------------ equations, on paper for f(x) = x²/2 from 1


ON_A_PARABOLA = [
    (GradientDescent(0.5), [1 / 2, 1 / 4, 1 / 8]),
    (Momentum(0.5, beta=0.5), [1 / 2, 0, -1 / 4]),  # v = 1/2, 1/2, 1/4
    (AveragedMomentum(1, beta=0.5), [1 / 2, 0, -1 / 4]),  # m = 1/2, 1/2, 1/4
    (Nesterov(0.5, beta=0.5), [1 / 2, 1 / 8, -1 / 32]),  # gradients at 1, 1/4, −1/16; v = 1/2, 3/8, 5/32
    # v = 1/4, 9/32, 53/256, and an eighth of θ is taken away: 1/8, 5/64, 17/512
    (SGDW(0.5, beta=0.5, weight_decay=0.25, eta=0.5), [5 / 8, 17 / 64, 13 / 512]),
    (QHM(0.5, beta=0.5, nu=0.5), [5 / 8, 21 / 64, 69 / 512]),  # m = 1/2, 9/16, 57/128
    (AggMo(0.5, betas=(0, 0.5)), [1 / 2, 1 / 8, -1 / 16]),  # v = (1, 1), (1/2, 1), (1/8, 5/8)
]


@pytest.mark.parametrize(("a_rule", "by_hand"), ON_A_PARABOLA, ids=lambda v: type(v).__name__)
def test_the_first_three_steps_are_those_on_paper(a_rule, by_hand):
    assert descend(Parabola(), [1.0], a_rule, 3).theta[1:, 0].tolist() == by_hand


# The gradients 2, 2, −4 give, with β₁ = 1/2, m = 1, 3/2, −5/4 and m̂ = m / (1/2, 3/4, 7/8); with β₂ = 3/4,
# v = 1, 7/4, 85/16 and v̂ = v / (1/4, 7/16, 37/64).
M_HAT = [2, 2, -10 / 7]
V_HAT = [4, 4, 340 / 37]
# Nadam with 0.96^ψ = 1/2 has μ = 3/8, 7/16, 15/32, 31/64, so m = 5/4, 107/64, −2747/2048.
HALVING = np.log(0.5) / np.log(0.96)
NADAM_M_HAT = [284 / 107, 3210 / 3781 + 144 / 107, -170314 / 252379 - 8704 / 3781]


def ratios(over, under, epsilon=2.0):
    """Steps of half of over / (√under + ε)."""
    return [0.5 * a / (b**0.5 + epsilon) for a, b in zip(over, under, strict=True)]


FED = [
    (Adam(0.5, 0.5, 0.75, epsilon=2), [2, 2, -4], ratios(M_HAT, V_HAT)),
    (AdaGrad(0.5, epsilon=2), [3, 4, 12], ratios([3, 4, 12], [9, 25, 169])),
    (RMSprop(0.5, beta=0.75, epsilon=2), [2, 2, -4], ratios([2, 2, -4], [1, 7 / 4, 85 / 16])),
    # s = 3, 15/4, 207/16 and, before each step, u = 0, 3/4, 393/304
    (Adadelta(beta=0.25, epsilon=1), [2, 2, -4], [1, 2 * (7 / 19) ** 0.5, -4 * (697 / 19 / 223) ** 0.5]),
    (AdaMax(0.5, 0.5, 0.5), [4, 1, 1], [0.5, 0.5, 5 / 7]),  # m̂ = 4, 2, 10/7 and u = 4, 2, 1
    (Nadam(0.5, 0.5, 0.75, psi=HALVING, epsilon=2), [2, 2, -4], ratios(NADAM_M_HAT, V_HAT)),
    (AMSGrad(0.5, 0.5, 0.75, epsilon=2), [4, 0, 0], ratios([2, 1, 1 / 2], [4, 4, 4])),  # v = 4, 3, 9/4
    # m̂ = 2 and v̂ = 4 in every step, so θ = 0, −1/4, −15/32: an eighth goes to decay
    (AdamW(0.5, 0.5, 0.25, epsilon=0, weight_decay=0.25, eta=0.5), [2, 2, 2], [1 / 4, 7 / 32, 49 / 256]),
    (
        QHAdam(0.5, 0.5, 0.75, nu1=0.5, nu2=0.5, epsilon=2),
        [2, 2, -4],
        ratios([2, 2, -19 / 7], [4, 4, 466 / 37]),
    ),
]


@pytest.mark.parametrize(("a_rule", "gradients", "steps"), FED, ids=lambda v: type(v).__name__)
def test_the_first_three_steps_for_given_gradients_are_those_on_paper(a_rule, gradients, steps):
    np.testing.assert_allclose(fed(a_rule, [0.0], gradients)[1:, 0], -np.cumsum(steps), rtol=1e-13)


def test_every_public_rule_is_worked_out_on_paper():
    assert {type(case[0]) for case in ON_A_PARABOLA + FED} == set(RULES), "write the new rule's steps above"


# ------------------------------------------------------------------ hyperparameters


# The paper's where it proposes some, else the book's own. The chapters' numbers depend on them.
DEFAULTS = {
    GradientDescent: (0.001,),
    Momentum: (0.001, 0.9),
    AveragedMomentum: (0.01, 0.9),
    Nesterov: (0.001, 0.9),
    SGDW: (0.001, 0.9, 1e-5, 1),
    AdaGrad: (0.01, 1e-8),
    Adadelta: (0.95, 1e-6),
    RMSprop: (0.001, 0.9, 1e-8),
    Adam: (0.001, 0.9, 0.999, 1e-8),
    AdaMax: (0.002, 0.9, 0.999),
    Nadam: (0.002, 0.9, 0.999, 0.004, 1e-8),
    AMSGrad: (0.001, 0.9, 0.999, 1e-8),
    AdamW: (0.001, 0.9, 0.999, 1e-8, 1e-5, 1),
    QHM: (0.001, 0.999, 0.7),
    AggMo: (0.0003, 0, 0.9, 0.99),
    QHAdam: (0.001, 0.995, 0.999, 0.7, 1, 1e-8),
}


@each_rule
def test_the_defaults_are_the_papers_or_the_books(a_rule):
    assert tuple(values_of(a_rule()).values()) == DEFAULTS[a_rule]


@each_hyperparameter
@pytest.mark.parametrize("wrong", [-0.1, -1e-300, np.nan, np.inf, -np.inf])
def test_a_hyperparameter_out_of_range_is_named(a_rule, name, wrong):
    with pytest.raises(ValueError, match=re.escape(f"{name} must be in {RANGES[name]}, got {wrong}")):
        a_rule(**{name: wrong})


@pytest.mark.parametrize(("a_rule", "name"), [(r, n) for r in RULES for n in numbers(r) if "beta" in n])
def test_beta_stays_below_one(a_rule, name):
    with pytest.raises(ValueError, match=re.escape(f"{name} must be in [0, 1), got 1")):
        a_rule(**{name: 1})


@pytest.mark.parametrize(("a_rule", "name"), [(QHM, "nu"), (QHAdam, "nu1"), (QHAdam, "nu2")])
def test_a_weight_is_at_most_one(a_rule, name):
    assert getattr(a_rule(**{name: 1}), name) == 1
    with pytest.raises(ValueError, match=re.escape(f"{name} must be in [0, 1], got 1.001")):
        a_rule(**{name: 1.001})


@each_hyperparameter
@pytest.mark.parametrize("wrong", ["0.1", None, 1j, lambda t: 0.1], ids=["text", "None", "complex", "function"])
def test_a_hyperparameter_that_is_not_a_number_is_named(a_rule, name, wrong):
    with pytest.raises(TypeError, match=rf"{name} must be .*got {re.escape(repr(wrong))}"):
        a_rule(**{name: wrong})


@each_hyperparameter
@pytest.mark.parametrize("several", [[0.1, 0.2], (0.1, 0.2), np.array([0.1, 0.2]), []], ids=repr)
def test_several_values_must_be_declared_as_a_grid(a_rule, name, several):
    with pytest.raises(TypeError, match=rf"{name} must be one number, got {re.escape(repr(several))}.*grid\({name}="):
        a_rule(**{name: several})


@each_hyperparameter
def test_rules_are_read_only(a_rule, name):
    one = a_rule()
    with pytest.raises(FrozenInstanceError):
        setattr(one, name, 0.5)


def test_a_rule_equals_itself_alone():
    one, other = (Momentum(**grid(alpha=[0.1, 0.2])) for _ in range(2))
    assert one != other


@each_rule
def test_defaults_stay_finite_on_rosenbrock(a_rule):
    end = descend(rosenbrock, (-1.2, 1), a_rule(), 2000, keep="end")
    assert end.diverged == 0
    assert end.loss[-1] < rosenbrock.value((-1.2, 1))


@each_rule
def test_the_docstring_starts_with_the_equation_its_author_and_year(a_rule):
    equation, explanation = a_rule.__doc__.split("``", maxsplit=1)
    assert "←" in equation.splitlines()[0]
    assert "θ ← θ − " in equation
    assert re.search(r"\(\w+( & \w+| et al\.)?, (18|19|20)\d\d\)", equation), (
        "(Author, year), (A & B, year), (A et al., year)"
    )
    assert re.search(r"Source:\s", explanation)
    for name in hyperparameters(a_rule):
        assert f"``{name}``" in a_rule.__doc__


@pytest.mark.parametrize("a_rule", [r for r in RULES if r is not Nadam], ids=lambda r: r.__name__)
def test_memory_starts_at_zero(a_rule):
    for memory in a_rule().init(np.ones((2, 3))):
        assert memory.shape[-2:] == (2, 3)
        assert not memory.any()


def test_a_product_starts_at_one():
    m, v, product = Nadam().init(np.ones((2, 3)))
    assert not m.any() and not v.any()
    np.testing.assert_array_equal(product, np.ones((2, 3)))


@pytest.mark.parametrize(
    ("betas", "message"),
    [
        (0.9, "betas must be a tuple of at least one number, got 0.9"),
        ([0.5, 0.9], "betas must be a tuple of at least one number"),
        ((), "betas must be a tuple of at least one number"),
        ((0.5, "0.9"), r"betas\[1\] must be a number, got '0.9'"),
    ],
)
def test_betas_are_a_tuple_of_numbers(betas, message):
    with pytest.raises(TypeError, match=message):
        AggMo(betas=betas)


def test_a_beta_out_of_range_is_named_by_its_place():
    with pytest.raises(ValueError, match=r"betas\[2\] must be in \[0, 1\), got 1"):
        AggMo(betas=(0, 0.9, 1))


# ------------------------------------------------------------------ a rule of one's own


@rule
class Averaged(Rule):
    """Looks back half a step, weighs with a product that starts at 1, as a reader might write it."""

    alpha: Value = 0.1
    gamma: Value = 0.5

    class State(NamedTuple):
        v: Value
        product: Value

    def init(self, theta):
        return self.State(np.zeros_like(theta), np.ones_like(theta))

    def probe(self, theta, state):
        return theta - self.alpha * state.v / 2

    def update(self, theta, g, state, t):
        product = self.gamma * state.product
        v = g * product
        return theta - self.alpha * v, self.State(v, product)


def test_a_rule_of_ones_own_walks():
    path = descend(Parabola(), [1.0], Averaged(), 2)
    # v₁ = 1 · ½, θ₁ = 1 − 0.05;  the probe is 0.95 − 0.025, v₂ = 0.925 / 4, θ₂ = 0.95 − 0.023125
    np.testing.assert_allclose(path.theta[:, 0], [1, 0.95, 0.926875], rtol=1e-15)
    np.testing.assert_allclose(path.state.product[:, 0], [1, 1 / 2, 1 / 4])


def test_a_rule_of_ones_own_may_remember_one_number():
    @rule
    class Shrinking(Rule):
        alpha: Value = 0.1

        class State(NamedTuple):
            product: Value

        def init(self, theta):
            return self.State(1.0)

        def update(self, theta, g, state, t):
            return theta - self.alpha * state.product * g, self.State(state.product / 2)

    assert descend(Parabola(), [1.0], Shrinking(), 3).state.product.tolist() == [1, 1 / 2, 1 / 4, 1 / 8]
    over_starts = descend(Parabola(), [[1.0, 2.0]], Shrinking(), 3)
    np.testing.assert_array_equal(over_starts.theta[:, :, 0], descend(Parabola(), [1.0], Shrinking(), 3).theta)


def test_a_rule_without_an_update_says_so():
    @rule
    class Empty(Rule):
        pass

    with pytest.raises(NotImplementedError, match="Empty must define update"):
        descend(Parabola(), [1.0], Empty(), 1)


def test_a_rule_without_its_decorator_says_so():
    class Bare(Rule):
        alpha: Value = 0.1

        def update(self, theta, g, state, t):
            return theta - self.alpha * g, state

    with pytest.raises(TypeError, match=r"Bare.*@rule"):
        descend(Parabola(), [1.0], Bare(), 1)


def test_a_class_in_place_of_a_rule_is_an_error_that_names_it():
    with pytest.raises(TypeError, match=r"rule must be .*GradientDescent"):
        descend(Parabola(), [1.0], GradientDescent, 1)


@each_rule
def test_equal_settings_take_equal_steps(a_rule):
    one, other = a_rule(), dataclasses.replace(a_rule())
    path, again = (descend(rosenbrock, rosenbrock.start, r, 10) for r in (one, other))
    np.testing.assert_array_equal(path.theta, again.theta)


# ------------------------------------------------------------------ stability on a quadratic

BOUNDS = {
    GradientDescent: lambda beta: 2,
    Momentum: lambda beta: 2 + 2 * beta,
    Nesterov: lambda beta: (2 + 2 * beta) / (1 + 2 * beta),
}


@pytest.mark.parametrize("a_rule", BOUNDS, ids=names(BOUNDS))
@given(curvature=st.floats(0.01, 100), beta=st.floats(0, 0.95))
def test_the_limit_of_stability_is_where_the_theory_puts_it(a_rule, curvature, beta):
    bound = BOUNDS[a_rule](beta) / curvature
    memory = {} if a_rule is GradientDescent else {"beta": beta}
    below = descend(Parabola(curvature), [1.0], a_rule(0.97 * bound, **memory), 900, keep="end")
    above = descend(Parabola(curvature), [1.0], a_rule(1.03 * bound, **memory), 900, keep="end")
    assert abs(below.theta[-1, 0]) < 1e-8
    assert above.diverged


@given(condition=st.floats(1.5, 100), rotation=st.floats(-180, 180))
def test_the_best_constant_rate_contracts_by_the_condition_number(condition, rotation):
    surface = bowl(condition, rotation)
    path = descend(surface, surface.start, GradientDescent(2 / (1 + condition)), 10)
    distances = np.linalg.norm(path.theta, axis=1)
    np.testing.assert_allclose(distances[1:] / distances[:-1], (condition - 1) / (condition + 1), rtol=1e-6)


@given(condition=st.floats(2, 50), factor=st.floats(0.2, 1.8).filter(lambda f: abs(f - 1) > 0.05))
def test_every_other_constant_rate_is_slower(condition, factor):
    ends = [
        np.linalg.norm(descend(bowl(condition), (1, 1), GradientDescent(alpha), 400, keep="end").theta[-1])
        for alpha in (2 / (1 + condition), factor * 2 / (1 + condition))
    ]
    assert not ends[0] >= ends[1] or ends[1] == 0  # a diverged end is NaN
