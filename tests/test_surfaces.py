"""Surfaces: their derivatives, minima and windows; a new one is tested as soon as it is exported."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from descent import bowl, surface
from strategies import SURFACES, names

each_surface = pytest.mark.parametrize("a_surface", SURFACES, ids=names(SURFACES))


def mesh(window, points=101):
    (x0, x1), (y0, y1) = window
    return np.stack(np.meshgrid(np.linspace(x0, x1, points), np.linspace(y0, y1, points)))


def inside(window, point):
    return all(low <= coordinate <= high for (low, high), coordinate in zip(window, point, strict=True))


def test_the_surfaces_are_found():
    assert {"bowl", "rosenbrock", "beale", "himmelblau", "saddle", "plateau", "rastrigin"} <= set(names(SURFACES))


@each_surface
def test_the_gradient_vanishes_at_each_minimum_and_the_floor_curves_up(a_surface):
    assert a_surface.minima
    for minimum in a_surface.minima:
        np.testing.assert_allclose(a_surface.grad(minimum), 0, atol=1e-10)
        assert np.linalg.eigvalsh(a_surface.hessian(minimum))[0] >= 0


@each_surface
def test_nowhere_in_the_window_is_lower_than_the_minima(a_surface):
    depths = [a_surface.value(minimum) for minimum in a_surface.minima]
    np.testing.assert_allclose(depths, depths[0], atol=1e-12)
    assert a_surface.value(mesh(a_surface.window)).min() >= min(depths) - 1e-12


@each_surface
def test_every_lowest_point_of_the_window_is_among_the_minima(a_surface):
    points = mesh(a_surface.window, 401).reshape(2, -1)
    lowest = a_surface.value(np.transpose(a_surface.minima)).min()
    low = points[:, a_surface.value(points) < lowest + 1e-3]
    distances = [np.linalg.norm(low - np.reshape(minimum, (2, 1)), axis=0) for minimum in a_surface.minima]
    assert (np.min(distances, axis=0) < 0.2).all()


@each_surface
def test_start_and_minima_lie_in_the_window(a_surface):
    for point in (a_surface.start, *a_surface.minima):
        assert inside(a_surface.window, point)


@each_surface
def test_the_start_is_not_a_minimum(a_surface):
    assert np.linalg.norm(a_surface.grad(a_surface.start)) > 1e-6


@each_surface
@given(where=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_gradient_and_hessian_agree_with_central_differences(a_surface, where):
    theta = np.array([low + share * (high - low) for (low, high), share in zip(a_surface.window, where, strict=True)])
    h = 1e-5
    steps = h * np.eye(2)
    by_value = np.array([(a_surface.value(theta + s) - a_surface.value(theta - s)) / (2 * h) for s in steps])
    by_grad = np.array([(a_surface.grad(theta + s) - a_surface.grad(theta - s)) / (2 * h) for s in steps])
    height = 1 + np.abs(a_surface.value(theta)) + np.abs(a_surface.hessian(theta)).max()
    np.testing.assert_allclose(a_surface.grad(theta), by_value, rtol=1e-5, atol=1e-6 * height)
    np.testing.assert_allclose(a_surface.hessian(theta), by_grad, rtol=1e-5, atol=1e-6 * height)


@each_surface
@pytest.mark.parametrize("grid", [(), (3,), (3, 4)])
def test_a_grid_of_points_gives_a_grid_of_values(a_surface, grid):
    theta = np.random.default_rng(0).uniform(-1, 1, size=(2, *grid))
    last = tuple(n - 1 for n in grid)
    assert np.shape(a_surface.value(theta)) == grid
    assert a_surface.grad(theta).shape == (2, *grid)
    assert a_surface.hessian(theta).shape == (2, 2, *grid)
    np.testing.assert_allclose(a_surface.grad(theta)[:, *last], a_surface.grad(theta[:, *last]), rtol=1e-12)


@each_surface
@pytest.mark.parametrize("method", ["value", "grad", "hessian"])
@pytest.mark.parametrize("wrong", [1.0, [1.0], [1.0, 2.0, 3.0]])
def test_a_point_needs_two_coordinates(a_surface, method, wrong):
    with pytest.raises(ValueError, match="theta must have 2 coordinates, got an array of shape"):
        getattr(a_surface, method)(wrong)


# ------------------------------------------------------------------ the bowl

rotations = st.floats(-360, 360)
conditions = st.floats(1, 1000)


@given(conditions, rotations)
def test_a_bowl_has_the_curvatures_one_and_its_condition(condition, rotation):
    eigenvalues = np.linalg.eigvalsh(bowl(condition, rotation).hessian((0.3, 0.4)))
    np.testing.assert_allclose(eigenvalues, [1, condition], rtol=1e-9)


@given(rotations)
def test_a_rotation_turns_the_floor_of_a_bowl_counter_clockwise(rotation):
    along = np.array([np.cos(np.radians(rotation)), np.sin(np.radians(rotation))])
    across = np.array([-along[1], along[0]])
    assert bowl(50, rotation).value(along) == pytest.approx(1 / 2)
    assert bowl(50, rotation).value(across) == pytest.approx(50 / 2)


@given(conditions, rotations)
def test_a_turned_bowl_starts_in_its_window(condition, rotation):
    turned = bowl(condition, rotation)
    assert inside(turned.window, turned.start)


@given(conditions, rotations)
def test_turning_a_bowl_does_not_change_the_height_of_its_start(condition, rotation):
    turned, straight = bowl(condition, rotation), bowl(condition)
    assert turned.value(turned.start) == pytest.approx(straight.value(straight.start), rel=1e-9)


@pytest.mark.parametrize("wrong", [0.5, 0, -1, np.nan, np.inf])
def test_a_condition_below_one_is_an_error(wrong):
    with pytest.raises(ValueError, match=r"condition must be in \[1, ∞\), got"):
        bowl(wrong)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_rotation_that_is_no_angle_is_an_error(wrong):
    with pytest.raises(ValueError, match="rotation must be a finite number of degrees, got"):
        bowl(rotation=wrong)


# ------------------------------------------------------------------ a surface of one's own


def test_a_surface_of_ones_own_is_one_definition():
    @surface(minima=[(0, 0)], window=((-1, 1), (-1, 1)), start=(1, 1))
    def ramp(x, y):
        return 3 * np.abs(x) + y**2

    assert ramp.name == "ramp"
    assert ramp.value((2, 1)) == 7
    assert ramp.grad((2, 1)).tolist() == [3, 2]
    assert ramp.hessian((2, 1)).tolist() == [[0, 0], [0, 2]]


def test_a_flat_surface_has_a_value_everywhere_on_the_grid():
    @surface(minima=[(0, 0)], window=((-1, 1), (-1, 1)), start=(1, 1))
    def flat(x, y):
        return 3

    assert flat.value(np.zeros((2, 4, 5))).shape == (4, 5)
    assert flat.grad(np.zeros((2, 4, 5))).shape == (2, 4, 5)
