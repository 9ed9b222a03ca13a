"""A schedule is a pure function of the step; the first step is number 1 and not yet decayed."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descent import (
    SGDW,
    Adadelta,
    AdamW,
    GradientDescent,
    Momentum,
    by_epoch,
    constant,
    cosine,
    cyclic,
    descend,
    exponential,
    grid,
    inverse_sqrt,
    inverse_time,
    staircase,
    warm_restarts,
    warm_up,
)
from strategies import Parabola

# What each is on paper, for the steps 1 to 7.
ON_PAPER = {
    "constant": (constant(0.5), [1 / 2] * 7),
    "inverse_time": (inverse_time(1, 0.5), [1, 2 / 3, 1 / 2, 2 / 5, 1 / 3, 2 / 7, 1 / 4]),
    "inverse_sqrt": (inverse_sqrt(2), [2 / np.sqrt(t) for t in range(1, 8)]),
    "exponential": (exponential(8, 0.5), [8, 4, 2, 1, 1 / 2, 1 / 4, 1 / 8]),
    "staircase": (staircase(8, 0.5, every=3), [8, 8, 8, 4, 4, 4, 2]),
    "cosine": (cosine(2, 4), [2, 1 + np.sqrt(1 / 2), 1, 1 - np.sqrt(1 / 2), 0, 0, 0]),
    "cosine with a floor": (cosine(3, 2, floor=1), [3, 2, 1, 1, 1, 1, 1]),
    "warm_restarts": (warm_restarts(2, 2), [2, 1, 2, 1, 2, 1, 2]),
    "longer warm_restarts": (warm_restarts(2, 1, growth=2), [2, 2, 1, 2, 1 + np.sqrt(1 / 2), 1, 1 - np.sqrt(1 / 2)]),
    "cyclic": (cyclic(1, 3, half=2), [1, 2, 3, 2, 1, 2, 3]),
    "warm_up": (warm_up(exponential(8, 0.5), 4), [2, 4, 6, 8, 4, 2, 1]),
    "by_epoch": (by_epoch(exponential(8, 0.5), 3), [8, 8, 8, 4, 4, 4, 2]),
}
each_schedule = pytest.mark.parametrize(("schedule", "values"), ON_PAPER.values(), ids=ON_PAPER)


@each_schedule
def test_a_schedule_is_what_it_is_on_paper(schedule, values):
    np.testing.assert_allclose([schedule(t) for t in range(1, 8)], values, rtol=1e-14, atol=1e-15)


@each_schedule
def test_a_schedule_takes_an_array_of_steps_and_is_not_used_up(schedule, values):
    t = np.arange(1, 8)
    np.testing.assert_array_equal(schedule(t), [schedule(one) for one in t])
    np.testing.assert_array_equal(schedule(t), schedule(t))


@each_schedule
@pytest.mark.parametrize("t", [0, -1, np.nan])
def test_there_is_no_step_before_the_first(schedule, values, t):
    with pytest.raises(ValueError, match=re.escape(f"t must be in [1, ∞), since the first step is number 1, got {t}")):
        schedule(t)


@given(st.integers(1, 300), st.integers(1, 20))
def test_an_epoch_keeps_its_rate(t, steps_per_epoch):
    k = (t - 1) // steps_per_epoch
    assert by_epoch(inverse_sqrt(1), steps_per_epoch)(t) == 1 / np.sqrt(k + 1)


@given(st.integers(1, 6), st.integers(2, 4), st.integers(0, 4))
def test_a_restart_begins_at_the_full_rate_and_ends_near_the_floor(steps, growth, periods):
    schedule = warm_restarts(1, steps, growth)
    start = 1 + sum(steps * growth**k for k in range(periods))
    assert schedule(start) == pytest.approx(1, abs=1e-9)
    assert schedule(start + steps * growth**periods) == pytest.approx(1, abs=1e-9)
    last = cosine(1, steps * growth**periods)(steps * growth**periods)
    assert schedule(start + steps * growth**periods - 1) == pytest.approx(last, abs=1e-9)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: constant(-1), "alpha must be in [0, ∞), got -1"),
        (lambda: exponential(1, 1.5), "r must be in [0, 1], got 1.5"),
        (lambda: exponential(1, np.nan), "r must be in [0, 1], got nan"),
        (lambda: inverse_time(1, np.inf), "gamma must be in [0, ∞), got inf"),
        (lambda: staircase(1, 2, 3), "factor must be in [0, 1], got 2"),
        (lambda: staircase(1, 0.5, 0), "every must be a whole number in [1, ∞), got 0"),
        (lambda: cosine(1, 2.5), "steps must be a whole number in [1, ∞), got 2.5"),
        (lambda: cosine(1, 2, floor=3), "floor must be in [0, 1], got 3"),
        (lambda: cyclic(3, 1, 2), "low must be in [0, 1], got 3"),
        (lambda: cyclic(0, -1, 2), "high must be in [0, ∞), got -1"),
        (lambda: warm_restarts(1, 2, growth=0), "growth must be a whole number in [1, ∞), got 0"),
        (lambda: warm_up(constant(1), 0), "steps must be a whole number in [1, ∞), got 0"),
        (lambda: by_epoch(constant(1), 0), "steps_per_epoch must be a whole number in [1, ∞), got 0"),
    ],
)
def test_a_wrong_argument_is_named(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


# ------------------------------------------------------------------ in the loop


def test_the_loop_begins_with_the_full_rate():
    path = descend(Parabola(), [1.0], GradientDescent(), 3, schedule=exponential(0.5, 0.5))
    assert path.theta[:, 0].tolist() == [1, 1 / 2, 3 / 8, 21 / 64]


@pytest.mark.parametrize("rule", [AdamW(weight_decay=0.1), SGDW(weight_decay=0.1)], ids=["AdamW", "SGDW"])
def test_a_schedule_scales_the_step_and_the_decay_of_a_rule_with_eta(rule):
    # one step from 1 with the gradient 1: the move under η = 1/4 is a quarter of the whole
    whole, quarter = (descend(Parabola(), [1.0], rule, 1, schedule=constant(eta)).theta[1, 0] for eta in (1, 0.25))
    assert 1 - quarter == pytest.approx((1 - whole) / 4, rel=1e-12)


def test_what_has_no_learning_rate_cant_be_scheduled():
    with pytest.raises(TypeError, match="schedule sets alpha, and Adadelta has none"):
        descend(Parabola(), [1.0], Adadelta(), 1, schedule=constant(1))
    with pytest.raises(TypeError, match="schedule sets eta, and eta is already on the grid"):
        descend(Parabola(), [1.0], AdamW(**grid(eta=[0.1, 1])), 1, schedule=constant(1))


def test_the_sum_form_and_the_velocity_part_when_the_rate_drops():
    # f = x²/2 from 1, β = 0.9, ten steps of 0.1 and ten of 0.01, as in the libraries: −0.3584 and −0.2924
    from descent import conventions

    drop = staircase(0.1, 0.1, every=10)
    ends = [
        descend(Parabola(), [1.0], rule, 20, schedule=drop).theta[-1, 0]
        for rule in (conventions.torch.Momentum(), Momentum())
    ]
    np.testing.assert_allclose(ends, [-0.3584, -0.2924], atol=5e-5)
