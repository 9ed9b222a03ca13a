"""The one loop, and the path it leaves behind."""

from dataclasses import FrozenInstanceError
from itertools import islice, repeat
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from descent import (
    DIVERGED,
    Adam,
    GradientDescent,
    Momentum,
    Rule,
    Source,
    Value,
    bowl,
    descend,
    grid,
    rosenbrock,
    rule,
    walk,
)
from strategies import RULES, Parabola, names, vectors


@rule
class Direct(Rule):
    """θ ← θ − g: a rule without a learning rate."""

    def update(self, theta, g, state, t):
        return theta - g, state


@rule
class InPlace(Rule):
    """θ ← θ − 0.1 g"""

    def update(self, theta, g, state, t):
        theta -= 0.1 * g
        return theta, state


def remembering(first, then):
    """Gradient descent with a memory v that it doesn't use: `first` at the start, ``then(v)`` after each step."""

    @rule
    class Remembering(Rule):
        alpha: Value = 0.1

        class State(NamedTuple):
            v: Value

        def init(self, theta):
            return self.State(first)

        def update(self, theta, g, state, t):
            return theta - self.alpha * g, self.State(then(state.v))

    return Remembering


# ------------------------------------------------------------------ what a path holds


@given(start=vectors(), steps=st.integers(0, 20))
def test_time_comes_first_with_one_row_more_than_steps(start, steps):
    path = descend(bowl(), start, Momentum(0.01), steps)
    assert path.t.tolist() == list(range(steps + 1))
    assert path.theta.shape == path.state.v.shape == (steps + 1, 2)
    assert path.loss.shape == (steps + 1,)
    np.testing.assert_array_equal(path.theta[0], start)
    np.testing.assert_array_equal(path.loss, bowl().value(path.theta.T))


@pytest.mark.parametrize("a_rule", RULES, ids=names(RULES))
def test_a_path_is_what_its_walk_went_through(a_rule):
    path = descend(rosenbrock, rosenbrock.start, a_rule(), 10)
    for row, step in enumerate(islice(walk(rosenbrock, rosenbrock.start, a_rule()), 11)):
        assert step.t == row
        np.testing.assert_array_equal(path.theta[row], step.theta)
        for kept, memory in zip(path.state, step.state, strict=True):
            np.testing.assert_array_equal(kept[row], memory)


@given(steps=st.integers(0, 30), every=st.integers(1, 40))
def test_what_is_kept_is_the_same_however_little_is_kept(steps, every):
    everything = descend(bowl(), (1, 1), Adam(0.1), steps)
    some = descend(bowl(), (1, 1), Adam(0.1), steps, keep=every)
    end = descend(bowl(), (1, 1), Adam(0.1), steps, keep="end")
    assert some.t.tolist() == [t for t in range(steps + 1) if t % every == 0 or t == steps]
    assert end.t.tolist() == [steps]
    for path in (some, end):
        np.testing.assert_array_equal(path.theta, everything.theta[path.t])
        np.testing.assert_array_equal(path.state.v, everything.state.v[path.t])
        np.testing.assert_array_equal(path.loss, everything.loss[path.t])


def test_a_path_is_read_only_and_equal_to_itself_alone():
    path, again = (descend(bowl(), (1, 1), Momentum(), 2) for _ in range(2))
    with pytest.raises(FrozenInstanceError):
        path.t = again.t
    assert path != again


def test_a_memory_of_one_number_has_a_place_for_each_walk():
    counting = remembering(0, lambda count: count + 1)
    path = descend(bowl(), (1, 1), counting(**grid(alpha=[0.01, 0.05, 0.1])), 4)
    np.testing.assert_array_equal(path.state.v, np.tile(np.arange(5)[:, None], 3))


def test_the_start_is_not_changed():
    start = np.array([1.0, 2.0])
    path = descend(bowl(), start, InPlace(), 3)
    assert start.tolist() == [1, 2]
    np.testing.assert_allclose(path.theta, descend(bowl(), start, GradientDescent(0.1), 3).theta)


def test_whole_numbers_are_a_start_too():
    assert descend(bowl(), (1, 1), GradientDescent(0.01), 1).theta[1, 0] == 0.99


def test_a_plain_gradient_function_has_no_loss():
    path = descend(bowl().grad, (1, 1), GradientDescent(0.01), 3)
    assert path.loss is None
    np.testing.assert_array_equal(path.theta, descend(bowl(), (1, 1), GradientDescent(0.01), 3).theta)


def test_a_walk_asks_for_no_more_gradients_than_steps():
    asked = []

    def gradients():
        for t in range(1, 100):
            asked.append(t)
            yield bowl().grad

    descend(Source(gradients), (1, 1), GradientDescent(0.01), 7)
    assert asked == [1, 2, 3, 4, 5, 6, 7]


def test_no_steps_ask_for_no_gradient():
    def grad(theta):
        raise AssertionError("asked for a gradient")

    path = descend(grad, (1, 1), Momentum(), 0)
    assert path.theta.tolist() == [[1, 1]]
    assert path.diverged == 0


# ------------------------------------------------------------------ divergence


def test_a_diverged_walk_names_the_step_and_is_nan_after_it():
    path = descend(Parabola(), [1.0], Momentum(4.0, beta=0.5), 100)
    lost = path.diverged
    assert 0 < lost < 100
    assert path.loss[lost] > DIVERGED >= path.loss[lost - 1]
    for rows in (path.theta, path.state.v, path.loss):
        assert np.isfinite(rows[: lost + 1]).all()
        assert np.isnan(rows[lost + 1 :]).all()


@given(alpha=st.floats(2.01, 10), first=st.floats(1e-6, 1e6))
def test_the_limit_is_the_constant_times_the_first_loss_or_one(alpha, first):
    steps_to_the_limit = np.log(DIVERGED * max(1, first) / first) / (2 * np.log(alpha - 1))
    assume(abs(steps_to_the_limit - round(steps_to_the_limit)) > 1e-6)
    path = descend(Parabola(), [np.sqrt(2 * first)], GradientDescent(alpha), 2000, keep="end")
    assert path.diverged == int(np.ceil(steps_to_the_limit))


def test_slow_divergence_is_reported_long_before_it_overflows():
    path = descend(Parabola(), [1.0], GradientDescent(2.05), 500)
    assert path.diverged == int(np.ceil(np.log(2e6) / (2 * np.log(1.05))))


def test_a_walk_whose_loss_stays_below_the_limit_has_not_diverged():
    path = descend(Parabola(), [1e-9], GradientDescent(2.05), 500)
    assert path.loss[-1] > 100
    assert path.diverged == 0


def test_without_a_loss_divergence_is_overflow():
    path = descend(lambda theta: theta, [1.0], GradientDescent(11.0), 400)
    assert path.diverged == 309  # 10³⁰⁹ is the first power of ten that is not a float
    assert np.isnan(path.theta[310:]).all()


@pytest.mark.parametrize("end", [2.0, np.inf])
@pytest.mark.parametrize("loss", [np.inf, -np.inf, np.nan])
def test_a_loss_that_is_no_finite_number_has_diverged_wherever_theta_is(loss, end):
    class Cliff:
        def value(self, theta):
            return np.where(theta[0] == 1, 0.0, loss)

        def grad(self, theta):
            return np.array([1 - end])

    assert descend(Cliff(), [1.0], GradientDescent(1.0), 3).diverged == 1


def test_a_loss_of_a_million_has_not_diverged_and_one_above_it_has():
    class Ramp:
        def value(self, theta):
            return theta[0]

        def grad(self, theta):
            return np.array([-1.0])

    at, above = (descend(Ramp(), [1.0], GradientDescent(alpha), 1).diverged for alpha in (999_999, 999_999.5))
    assert (at, above) == (0, 1)


def test_columns_diverge_one_by_one():
    path = descend(Parabola(), [1.0], GradientDescent(**grid(alpha=[0.5, 3.0, 100.0])), 50)
    assert path.diverged[0] == 0
    assert 0 < path.diverged[2] < path.diverged[1]
    assert np.isfinite(path.theta[:, 0, 0]).all()


def test_the_end_of_a_diverged_walk_is_nan():
    path = descend(Parabola(), [1.0], GradientDescent(3.0), 50, keep="end")
    assert path.diverged == descend(Parabola(), [1.0], GradientDescent(3.0), 50).diverged
    assert np.isnan(path.theta).all()


# ------------------------------------------------------------------ schedules


def test_a_schedule_sees_the_steps_from_one():
    seen = []

    def schedule(t):
        seen.append(t)
        return 1 / t

    path = descend(Parabola(), [1.0], GradientDescent(), 3, schedule=schedule)
    assert seen == [1, 2, 3]
    assert path.theta[:, 0].tolist() == [1, 0, 0, 0]


@given(start=vectors())
def test_a_constant_schedule_is_alpha(start):
    plain = descend(bowl(), start, Adam(0.05), 10)
    scheduled = descend(bowl(), start, Adam(), 10, schedule=lambda t: 0.05)
    np.testing.assert_array_equal(plain.theta, scheduled.theta)


def test_a_schedule_moves_every_column_of_another_axis():
    path = descend(bowl(), (1, 1), Momentum(**grid(beta=[0, 0.5])), 4, schedule=lambda t: 0.1 / t)
    alone = descend(bowl(), (1, 1), Momentum(beta=0.5), 4, schedule=lambda t: 0.1 / t)
    np.testing.assert_allclose(path.theta[..., 1], alone.theta, rtol=1e-12)


def test_a_schedule_out_of_range_names_alpha():
    with pytest.raises(ValueError, match=r"alpha must be in \[0, ∞\), got -1"):
        descend(bowl(), (1, 1), GradientDescent(), 3, schedule=lambda t: -1)


def test_a_schedule_needs_an_alpha():
    with pytest.raises(TypeError, match="schedule sets alpha, and Direct has none"):
        descend(bowl(), (1, 1), Direct(), 3, schedule=lambda t: 0.1)


def test_a_schedule_and_a_grid_of_alpha_exclude_each_other():
    with pytest.raises(TypeError, match="schedule sets alpha, and alpha is already on the grid"):
        descend(bowl(), (1, 1), GradientDescent(**grid(alpha=[0.1])), 3, schedule=lambda t: 0.1)


# ------------------------------------------------------------------ errors


@pytest.mark.parametrize("wrong", [(np.nan, 1), (1, np.inf), (-np.inf, 0)])
def test_a_start_that_is_not_finite_is_an_error(wrong):
    with pytest.raises(ValueError, match="theta must be finite, got"):
        descend(bowl(), wrong, GradientDescent(), 1)


@pytest.mark.parametrize("wrong", [1.0, [], np.zeros((2, 0)), ["a", "b"], None])
def test_a_start_that_is_no_list_of_coordinates_is_an_error(wrong):
    with pytest.raises((ValueError, TypeError), match="theta must be"):
        descend(lambda theta: theta, wrong, GradientDescent(), 1)


def test_a_start_where_the_loss_is_not_finite_is_an_error():
    with pytest.raises(ValueError, match="the loss at the start must be finite, got inf"):
        descend(bowl(), (1e200, 0), GradientDescent(), 1)


@pytest.mark.parametrize("wrong", [-1, 1.5, "10", None])
def test_steps_that_are_no_count_are_an_error(wrong):
    with pytest.raises(ValueError, match=r"steps must be a whole number in \[0, ∞\), got"):
        descend(bowl(), (1, 1), GradientDescent(), wrong)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "start", "", None])
def test_a_keep_that_keeps_nothing_is_an_error(wrong):
    with pytest.raises(ValueError, match='keep must be "all", "end" or a whole number'):
        descend(bowl(), (1, 1), GradientDescent(), 1, keep=wrong)


@pytest.mark.parametrize("wrong", [lambda theta: theta[0], lambda theta: theta[None], lambda theta: np.ones(3)])
def test_a_gradient_of_another_shape_is_an_error(wrong):
    with pytest.raises(ValueError, match=r"the gradient must have the shape of theta, \(2,\), got"):
        descend(wrong, (1, 1), GradientDescent(), 1)


@pytest.mark.parametrize(("wrong", "shape"), [(np.sum, r"\(\)"), (np.diag, r"\(2, 2\)")])
def test_an_update_of_another_shape_is_an_error(wrong, shape):
    @rule
    class Misshapen(Rule):
        def update(self, theta, g, state, t):
            return wrong(theta), state

    with pytest.raises(ValueError, match=rf"update must return a theta of shape \(2,\), got {shape}"):
        descend(bowl(), (1, 1), Misshapen(), 1)


@pytest.mark.parametrize(("value", "shape"), [(np.transpose, r"\(3, 2\)"), (np.sum, r"\(\)")])
def test_a_loss_of_another_shape_than_the_grids_is_an_error(value, shape):
    objective = Source(lambda: repeat(lambda theta: theta), value=value)
    with pytest.raises(ValueError, match=rf"the loss must have the grid's shape, \(3,\), got {shape}"):
        descend(objective, (1, 1), GradientDescent(**grid(alpha=[0.1, 0.2, 0.3])), 1)


def test_a_memory_that_does_not_fit_the_grid_is_an_error():
    three = remembering(np.zeros(3), lambda v: v)
    with pytest.raises(ValueError, match=r"v must end in the grid's shape, \(2,\), got array"):
        descend(bowl(), (1, 1), three(**grid(alpha=[0.1, 0.2])), 1)


@pytest.mark.parametrize("wrong", [np.zeros(3), "a", {}], ids=["another shape", "text", "a dict"])
def test_a_memory_that_stops_being_numbers_is_an_error(wrong):
    forgetting = remembering(np.zeros(2), lambda v: wrong)
    with pytest.raises(TypeError, match=r"v must stay numbers of shape \(2,\), got"):
        descend(bowl(), (1, 1), forgetting(), 1)


def test_a_surface_for_two_does_not_take_three_coordinates():
    with pytest.raises(ValueError, match=r"theta must have 2 coordinates, got an array of shape \(3,\)"):
        descend(bowl(), (1, 1, 1), GradientDescent(), 1)


@pytest.mark.parametrize("wrong", [3, None, "rosenbrock", SimpleNamespace(grad=bowl().grad)])
def test_something_without_a_gradient_is_no_objective(wrong):
    with pytest.raises(TypeError, match=r"objective must be a source, have .value and .grad, or be a function"):
        descend(wrong, (1, 1), GradientDescent(), 1)


def test_a_memory_of_two_values_is_kept_whole():
    path = descend(bowl(), (1, 1), Adam(0.1), 2)
    assert path.state._fields == ("m", "v")
    assert path.state.m.shape == path.state.v.shape == (3, 2)


# ------------------------------------------------------------------ other people's code


def test_code_that_works_in_place_harms_no_earlier_step():
    def grad(theta):
        theta *= 2  # 2 x, the gradient of x²
        return theta

    thetas = [step.theta[0] for step in islice(walk(grad, (1,), InPlace()), 4)]
    np.testing.assert_allclose(thetas, [1, 0.8, 0.64, 0.512])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda self, theta, g, state, t: theta - g,
        lambda self, theta, g, state, t: (theta - g, g),
        lambda self, theta, g, state, t: (theta - g, None),
        lambda self, theta, g, state, t: None,
    ],
    ids=["theta alone", "a bare velocity", "None for the state", "None"],
)
def test_an_update_that_returns_something_else_is_told_what_to_return(wrong):
    own = rule(type("Own", (Rule,), {"update": wrong, "__annotations__": {}}))
    with pytest.raises(TypeError, match=r"Own.update must return theta, self.State\(…\), got"):
        descend(bowl(), (1, 1), own(), 1)


def test_an_update_that_branches_on_a_value_is_told_of_where():
    @rule
    class Branches(Rule):
        """θ ← θ − g where g > 0"""

        def update(self, theta, g, state, t):
            return (theta - g if g > 0 else theta), state

    with pytest.raises(TypeError, match=r"Branches.update branches on a value .*np.where"):
        descend(bowl(), (1, 1), Branches(), 1)


def test_axes_of_two_grids_are_not_paired_silently():
    both = Momentum(**grid(alpha=[0.1, 0.2]), **grid(beta=[0.5, 0.9]))
    with pytest.raises(ValueError, match=r"rule must have all its axes from one grid"):
        descend(bowl(), (1, 1), both, 1)


def test_an_axis_without_the_others_of_its_grid_is_not_paired_silently_either():
    alone = grid(alpha=[0.1, 0.2], beta=[0.5, 0.9])["alpha"]
    with pytest.raises(ValueError, match=r"rule must have all its axes from one grid"):
        descend(bowl(), (1, 1), Momentum(alone), 1)
