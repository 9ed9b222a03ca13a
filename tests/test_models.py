"""Least squares: everything known about it exactly."""

import numpy as np
import pytest
from hypothesis import given

from descent import GradientDescent, LeastSquares, descend
from descent.trace import derivatives
from strategies import problems

TABLE = [[1.0, 2.0], [1.0, -1.0], [1.0, 0.5]]
TARGETS = [1.0, 0.0, 2.0]


def test_the_loss_is_half_the_mean_of_the_squares():
    # residuals of θ = (1, 1): 3 − 1, 0 − 0, 1.5 − 2
    assert LeastSquares(TABLE, TARGETS).value([1, 1]) == pytest.approx((4 + 0 + 0.25) / 3 / 2, rel=1e-15)


def test_gradient_and_hessian_are_those_of_the_traced_loss():
    problem = LeastSquares(TABLE, TARGETS)

    def loss(a, b):
        return sum((x * a + z * b - y) ** 2 for (x, z), y in zip(TABLE, TARGETS, strict=True)) / 6

    grad, hessian = derivatives(loss)
    for theta in ([0.0, 0.0], [1.5, -2.0], [-30.0, 7.0]):
        np.testing.assert_allclose(problem.grad(theta), grad(theta), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(problem.hessian, hessian(theta), rtol=1e-12)


@given(problems())
def test_gradient_and_hessian_agree_with_differences(problem):
    dim = problem.X.shape[1]
    theta, h = np.linspace(-1, 1, dim), 1e-3
    steps = h * np.eye(dim)
    # f is quadratic: central differences are exact but for rounding
    by_value = [(problem.value(theta + s) - problem.value(theta - s)) / (2 * h) for s in steps]
    by_grad = [(problem.grad(theta + s) - problem.grad(theta - s)) / (2 * h) for s in steps]
    np.testing.assert_allclose(problem.grad(theta), by_value, atol=1e-9)
    np.testing.assert_allclose(problem.hessian, by_grad, atol=1e-9)


@given(problems())
def test_the_solution_is_where_the_gradient_vanishes(problem):
    np.testing.assert_allclose(problem.grad(problem.solution), 0, atol=1e-9)
    by_normal_equations = np.linalg.lstsq(problem.X.T @ problem.X, problem.X.T @ problem.y, rcond=None)[0]
    assert problem.value(problem.solution) <= problem.value(by_normal_equations) + 1e-12


def test_an_exact_line_is_found():
    x = np.array([0.0, 1.0, 2.0, 5.0])
    problem = LeastSquares(np.stack([np.ones(4), x], axis=1), 3 - 2 * x)
    np.testing.assert_allclose(problem.solution, [3, -2], atol=1e-12)


def test_of_several_solutions_the_shortest_is_given():
    np.testing.assert_allclose(LeastSquares([[1, 1]], [2]).solution, [1, 1])


@given(problems())
def test_gradient_descent_converges_just_below_the_largest_stable_step_and_not_above(problem):
    start = problem.solution + np.linalg.eigh(problem.hessian)[1][:, -1]  # along the steepest curvature
    below = descend(problem, start, GradientDescent(0.98 * problem.largest_stable_step), 800, keep="end")
    above = descend(problem, start, GradientDescent(1.02 * problem.largest_stable_step), 800, keep="end")
    np.testing.assert_allclose(below.theta[-1], problem.solution, atol=1e-9)
    assert above.diverged


def test_a_table_of_zeros_is_stable_at_every_step():
    assert LeastSquares(np.zeros((3, 2)), np.zeros(3)).largest_stable_step == np.inf


@pytest.mark.parametrize("grid", [(), (1,), (4,), (4, 5)])
@given(problem=problems())
def test_a_grid_of_parameters_gives_a_grid_of_losses(problem, grid):
    theta = np.random.default_rng(0).normal(size=(problem.X.shape[1], *grid))
    value, gradient = problem.value(theta), problem.grad(theta)
    assert np.shape(value) == grid
    assert gradient.shape == theta.shape
    last = tuple(n - 1 for n in grid)
    np.testing.assert_allclose(value[last], problem.value(theta[:, *last]), rtol=1e-12)
    np.testing.assert_allclose(gradient[:, *last], problem.grad(theta[:, *last]), rtol=1e-9, atol=1e-12)


def test_a_batch_is_the_problem_of_its_rows():
    part = LeastSquares(TABLE, TARGETS).batch([2, 0])
    assert part.X.tolist() == [TABLE[2], TABLE[0]]
    assert part.y.tolist() == [TARGETS[2], TARGETS[0]]
    assert len(part) == 2


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([[1.0, np.nan]], [1.0], r"X must be finite, got nan at index \(0, 1\)"),
        ([[1.0], [2.0]], [1.0, -np.inf], r"y must be finite, got -inf at index \(1,\)"),
        (np.empty((0, 2)), [], r"X must be a non-empty table .* got shape \(0, 2\)"),
        (np.empty((2, 0)), [1, 2], r"X must be a non-empty table .* got shape \(2, 0\)"),
        ([1.0, 2.0], [1.0, 2.0], r"X must be a non-empty table .* got shape \(2,\)"),
        ([[1.0], [2.0]], [1.0], r"y must have one value per row of X, shape \(2,\), got shape \(1,\)"),
        ([[1.0], [2.0]], [[1.0], [2.0]], r"y must have one value per row of X, shape \(2,\), got shape \(2, 1\)"),
    ],
)
def test_a_table_that_does_not_fit_is_an_error_that_names_it(x, y, message):
    with pytest.raises(ValueError, match=message):
        LeastSquares(x, y)


@pytest.mark.parametrize("method", ["value", "grad"])
@pytest.mark.parametrize("wrong", [1.0, [1.0], [1.0, 2.0, 3.0]])
def test_parameters_that_do_not_fit_are_an_error(method, wrong):
    with pytest.raises(ValueError, match="theta must have 2 coordinates, got an array of shape"):
        getattr(LeastSquares(TABLE, TARGETS), method)(wrong)


def test_a_batch_is_named_by_numbers_or_by_truth_values():
    X, y = np.arange(8.0).reshape(4, 2), np.arange(4.0)
    model = LeastSquares(X, y)
    for samples in ([1, 3], (1, 3), np.array([1, 3]), [False, True, False, True]):
        np.testing.assert_array_equal(model.batch(samples).y, [1, 3])
    for nothing in ([], [False] * 4):
        with pytest.raises(ValueError, match="samples must name at least one row"):
            model.batch(nothing)


def test_a_model_keeps_its_own_copy_of_the_table():
    X, y = np.eye(2), np.ones(2)
    model = LeastSquares(X, y)
    X *= 10
    np.testing.assert_array_equal(model.hessian, np.eye(2) / 2)
