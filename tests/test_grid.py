"""A grid of hyperparameters is the same as many single runs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descent import GradientDescent, Momentum, bowl, descend, grid
from strategies import RULES, Parabola, names, numbers, settings_of, vectors


@pytest.mark.parametrize("a_rule", RULES, ids=names(RULES))
@given(data=st.data())
def test_a_column_is_its_single_run(a_rule, data):
    settings = data.draw(st.lists(settings_of(a_rule), min_size=2, max_size=2))
    start = data.draw(vectors())
    axes = {name: [s[name] for s in settings] for name in numbers(a_rule)}
    tuples = {name: value for name, value in settings[0].items() if name not in axes}
    steps = 20
    together = descend(bowl(), start, a_rule(**grid(**axes), **tuples), steps)
    assert together.theta.shape == (steps + 1, 2) + (2,) * len(axes)
    column = data.draw(st.tuples(*[st.integers(0, 1)] * len(axes)))
    single = {name: values[i] for (name, values), i in zip(axes.items(), column, strict=True)}
    alone = descend(bowl(), start, a_rule(**single, **tuples), steps)
    for grown, plain in [(together.theta, alone.theta), *zip(together.state, alone.state, strict=True)]:
        size = np.nanmax(np.abs(plain), initial=1e-300)
        np.testing.assert_allclose(grown[..., *column], plain, rtol=0, atol=1e-12 * steps * size)
    np.testing.assert_allclose(together.loss[:, *column], alone.loss, rtol=1e-9, atol=1e-12 * alone.loss[0])


def test_a_diverging_column_reports_the_step_of_its_single_run():
    alphas = [0.5, 1.9, 2.1, 3.0, 1e4]
    together = descend(Parabola(), [1.0], GradientDescent(**grid(alpha=alphas)), 300)
    alone = [descend(Parabola(), [1.0], GradientDescent(alpha), 300) for alpha in alphas]
    assert together.diverged.tolist() == [path.diverged for path in alone]
    for column, path in enumerate(alone):
        np.testing.assert_array_equal(np.isnan(together.theta[:, :, column]), np.isnan(path.theta))


def test_a_grid_that_stays_finite_says_so_for_each_setting():
    path = descend(bowl(), (1, 1), GradientDescent(**grid(alpha=[0.01, 0.1])), 5)
    assert path.diverged.tolist() == [0, 0]


def test_axes_come_in_the_order_written():
    alpha, beta = [0.01, 0.02], [0, 0.5, 0.9]
    one = descend(bowl(), (1, 1), Momentum(**grid(alpha=alpha, beta=beta)), 5).theta
    other = descend(bowl(), (1, 1), Momentum(**grid(beta=beta, alpha=alpha)), 5).theta
    assert one.shape == (6, 2, 2, 3)
    np.testing.assert_allclose(one, np.swapaxes(other, 2, 3), rtol=1e-12)


def test_every_start_meets_every_setting():
    starts = np.stack(np.meshgrid([-1.0, 0.5], [0.3, 1.0, 2.0]))  # (2, 3, 2)
    together = descend(bowl(), starts, Momentum(**grid(alpha=[0.01, 0.05, 0.1, 0.15]), beta=0.5), 5)
    assert together.theta.shape == (6, 2, 3, 2, 4)
    assert together.loss.shape == (6, 3, 2, 4)
    alone = descend(bowl(), starts[:, 2, 1], Momentum(0.05, beta=0.5), 5)
    np.testing.assert_allclose(together.theta[:, :, 2, 1, 1], alone.theta, rtol=1e-12)


def test_as_many_values_as_coordinates_are_still_one_value_for_each_path():
    path = descend(bowl(1), (1, 1), GradientDescent(**grid(alpha=[0.1, 0.5])), 1)
    np.testing.assert_allclose(path.theta[1], [[0.9, 0.5], [0.9, 0.5]])


def test_an_axis_of_one_value_is_kept():
    assert descend(bowl(), (1, 1), GradientDescent(**grid(alpha=[0.1])), 1).theta.shape == (2, 2, 1)


@pytest.mark.parametrize("wrong", [[], 0.1, [[0.1, 0.2]], [[0.1], [0.2, 0.3]], ["a"]])
def test_an_axis_that_is_no_line_of_numbers_is_named(wrong):
    with pytest.raises(ValueError, match="alpha must be a non-empty list of numbers"):
        grid(alpha=wrong)


@pytest.mark.parametrize("wrong", [-1, np.nan, np.inf])
def test_a_value_of_an_axis_out_of_range_is_named(wrong):
    with pytest.raises(ValueError, match=rf"alpha must be in \[0, ∞\), got {wrong}"):
        GradientDescent(**grid(alpha=[0.1, wrong]))


def test_declaring_does_not_keep_the_callers_array():
    values = np.array([0.1, 0.2])
    axis = grid(alpha=values)["alpha"]
    values[:] = 5
    assert np.ravel(axis).tolist() == [0.1, 0.2]


def test_what_is_computed_from_an_axis_is_plain():
    axis = grid(alpha=[0.1, 0.2])["alpha"]
    assert type(2 * axis) is np.ndarray
    assert type(axis.sum()) is np.float64
