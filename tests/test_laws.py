"""What must hold between rules, whatever the numbers: equivalences, invariances, bounds."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from descent import (
    QHM,
    SGDW,
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
    bowl,
    conventions,
    descend,
    walk,
    with_l2,
)
from feeding import fed, moves
from strategies import Parabola, settings_of, vectors

# ------------------------------------------------------------------ one rule in the clothes of another


TWINS = {
    "an average under α is a sum under α (1 − β)": (
        AveragedMomentum,
        lambda s: Momentum(s["alpha"] * (1 - s["beta"]), s["beta"]),
    ),
    "momentum without β is gradient descent": (GradientDescent, lambda s: Momentum(beta=0, **s)),
    "Nesterov without β is gradient descent": (GradientDescent, lambda s: Nesterov(beta=0, **s)),
    "the average without β is gradient descent": (GradientDescent, lambda s: AveragedMomentum(beta=0, **s)),
    "QHM with ν = 0 is gradient descent": (GradientDescent, lambda s: QHM(beta=0.9, nu=0, **s)),
    "QHM with ν = 1 is the average": (AveragedMomentum, lambda s: QHM(nu=1, **s)),
    "QHAdam with ν = 1 is Adam": (Adam, lambda s: QHAdam(nu1=1, nu2=1, **s)),
    "AggMo with one β is momentum": (Momentum, lambda s: AggMo(s["alpha"], betas=(s["beta"],))),
    "AggMo with one β twice is momentum": (Momentum, lambda s: AggMo(s["alpha"], betas=(s["beta"], s["beta"]))),
    "AdamW with λ = 0 is Adam": (Adam, lambda s: AdamW(weight_decay=0, **s)),
    "AdamW's η multiplies α where nothing decays": (
        Adam,
        lambda s: AdamW(**s | {"alpha": s["alpha"] * 4}, weight_decay=0, eta=0.25),
    ),
    "SGDW with λ = 0 is momentum": (Momentum, lambda s: SGDW(weight_decay=0, **s)),
}


@pytest.mark.parametrize(("rule", "twin"), TWINS.values(), ids=TWINS)
@given(data=st.data(), start=vectors())
def test_two_rules_walk_one_path(rule, twin, data, start):
    setting = data.draw(settings_of(rule))
    expected = descend(bowl(), start, rule(**setting), 30)
    found = descend(bowl(), start, twin(setting), 30)
    np.testing.assert_allclose(found.theta, expected.theta, rtol=1e-9, atol=1e-9)


@given(settings_of(Momentum), vectors())
def test_momentum_as_a_sum_of_gradients_is_momentum_with_a_velocity(setting, start):
    alpha, beta = setting["alpha"], setting["beta"]
    objective = bowl()
    theta, b = start, np.zeros(2)
    for step in walk(objective, start, Momentum(**setting)):
        np.testing.assert_allclose(step.theta, theta, rtol=1e-10, atol=1e-12)
        if step.t == 20:
            break
        b = beta * b + objective.grad(theta)
        theta = theta - alpha * b


@given(settings_of(Momentum), vectors())
def test_qhm_with_nu_beta_stores_nesterovs_look_ahead_point(setting, start):
    # ν = β under α/(1 − β): Ma & Yarats, 2019, section 4
    alpha, beta = setting["alpha"], setting["beta"]
    nesterov = descend(bowl(), start, Nesterov(alpha, beta), 30)
    found = descend(bowl(), start, QHM(alpha / (1 - beta), beta, nu=beta), 30)
    np.testing.assert_allclose(found.theta, nesterov.theta - beta * nesterov.state.v, rtol=1e-8, atol=1e-9)


# ------------------------------------------------------------------ weight decay


@given(start=vectors(), alpha=st.floats(1e-3, 0.05), weight_decay=st.floats(0, 1))
def test_for_gradient_descent_l2_is_decay(start, alpha, weight_decay):
    l2 = descend(with_l2(bowl(), weight_decay), start, GradientDescent(alpha), 30)
    decoupled = descend(bowl(), start, SGDW(alpha, beta=0, weight_decay=alpha * weight_decay), 30)
    np.testing.assert_allclose(l2.theta, decoupled.theta, rtol=1e-10, atol=1e-12)


def test_for_momentum_and_for_adam_l2_is_not_decay():
    # x²/2 from 1, α = 0.1, β = 0.9, λ = 0.5, fifty steps, as in PyTorch: 0.0355 and −0.0134
    decoupled = descend(Parabola(), [1.0], SGDW(0.1, beta=0.9, weight_decay=0.05), 50).theta[-1, 0]
    l2 = descend(with_l2(Parabola(), 0.5), [1.0], Momentum(0.1, beta=0.9), 50).theta[-1, 0]
    assert sorted([decoupled, l2]) == pytest.approx([-0.0134, 0.0355], abs=5e-5)
    # gradients c (−1)ᵗ of any size: decay shrinks all alike, L2 those with large gradients hardly at all
    signs = np.array([[0.01, 5.0]]) * (-1.0) ** np.arange(2000)[:, None]
    after_decay = fed(AdamW(0.001, weight_decay=1e-4), [1.0, 1.0], signs)[-1]
    after_l2 = fed(conventions.torch.Adam(0.001, weight_decay=0.1), [1.0, 1.0], signs)[-1]
    np.testing.assert_allclose(after_decay, [0.8173, 0.8173], atol=5e-4)
    np.testing.assert_allclose(after_l2, [0.0231, 0.9591], atol=5e-4)


# ------------------------------------------------------------------ invariances and bounds of the adaptive rules

gradients = st.lists(st.floats(0.1, 10), min_size=1, max_size=12).map(
    lambda sizes: np.array([size * (-1) ** k for k, size in enumerate(sizes)])
)
decays = st.floats(0, 0.999)


@pytest.mark.parametrize("rule", [AdaGrad, RMSprop, Adam, AdaMax, Nadam, AMSGrad, QHAdam], ids=lambda r: r.__name__)
@given(g=gradients, scale=st.floats(1e-20, 1e20), data=st.data())
def test_without_epsilon_an_adaptive_rule_does_not_see_the_scale_of_f(rule, g, scale, data):
    setting = data.draw(settings_of(rule))
    setting |= {"epsilon": 0} if "epsilon" in setting else {}
    np.testing.assert_allclose(moves(rule(**setting), scale * g), moves(rule(**setting), g), rtol=1e-9, atol=1e-12)


@given(size=st.floats(1e-30, 1e30), alpha=st.floats(1e-6, 10), beta1=decays, beta2=decays, up=st.booleans())
def test_the_first_step_of_adam_adamax_and_adagrad_is_alpha(size, alpha, beta1, beta2, up):
    sign = 1 if up else -1
    for rule in (Adam(alpha, beta1, beta2, epsilon=0), AdaMax(alpha, beta1, beta2), AdaGrad(alpha, epsilon=0)):
        assert moves(rule, [sign * size]) == pytest.approx(alpha * sign, rel=1e-12)


@given(g=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40), alpha=st.floats(1e-3, 1), beta=decays)
def test_the_steps_of_adagrad_and_rmsprop_are_bounded(g, alpha, beta):
    bounds = {AdaGrad(alpha, epsilon=1e-8): alpha, RMSprop(alpha, beta, epsilon=1e-8): alpha / np.sqrt(1 - beta)}
    for rule, bound in bounds.items():
        assert np.abs(moves(rule, g)).max() <= bound * (1 + 1e-9)


@given(g=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40), beta1=decays, beta2=decays)
def test_adams_step_is_bounded(g, beta1, beta2):
    # Cauchy–Schwarz: m̂² ≤ Σ (weight of gᵢ in m̂)² / (weight of gᵢ in v̂) · v̂
    steps = moves(Adam(0.1, beta1, beta2, epsilon=1e-8), g)
    for t, step in enumerate(np.abs(steps), start=1):
        ages = np.arange(t)
        in_m = (1 - beta1) * beta1**ages / (1 - beta1**t)
        in_v = (1 - beta2) * beta2**ages / (1 - beta2**t)
        if in_v.min() > 1e-200:
            assert step <= 0.1 * np.sqrt((in_m**2 / in_v).sum()) * (1 + 1e-9) + 1e-15


@given(g=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40), beta1=st.floats(0, 0.99), beta2=st.floats(0.5, 0.999))
def test_adamaxs_step_is_bounded(g, beta1, beta2):
    # |gᵢ| ≤ u / β₂ᵃ at the age a, so |m̂| ≤ u · Σ (1 − β₁) (β₁/β₂)ᵃ / (1 − β₁ᵗ): a little more than the paper's α
    assume(g[0])
    steps = moves(AdaMax(0.1, beta1, beta2), g)
    for t, step in enumerate(np.abs(steps), start=1):
        bound = (1 - beta1) * np.sum((beta1 / beta2) ** np.arange(t)) / (1 - beta1**t)
        assert step <= 0.1 * bound * (1 + 1e-9) + 1e-15


def test_adamax_can_step_further_than_alpha():
    # gradients that shrink just as u forgets: m̂ still holds the larger, older ones
    beta1, beta2 = 0.9, 0.99
    steps = moves(AdaMax(1, beta1, beta2), beta2 ** np.arange(200))
    assert steps.max() == pytest.approx((1 - beta1) / (1 - beta1 / beta2), rel=1e-3)
    assert steps.max() > 1.09


@given(beta=decays, t=st.integers(1, 60))
def test_the_weights_of_the_average(beta, t):
    # an average fed with a single 1, a steps ago, holds (1 − β) βᵃ; all weights together are 1 − βᵗ
    impulses = np.eye(t)
    m = AveragedMomentum(1, beta).init(np.zeros(t))
    for row in impulses:
        _, m = AveragedMomentum(1, beta).update(np.zeros(t), row, m, 1)
    np.testing.assert_allclose(m.m, (1 - beta) * beta ** np.arange(t)[::-1], rtol=1e-9, atol=1e-300)
    assert m.m.sum() == pytest.approx(1 - beta**t, rel=1e-9)
