"""Equations are the code: the same names, the same order, and parentheses where the code needs them."""

import ast
from typing import NamedTuple

import numpy as np
import pytest

from descent import Adam, AdaMax, GradientDescent, Momentum, Nesterov, Rule, Surface, Value, equations, rule, surface
from descent.render.latex import symbol, wholes
from strategies import RULES, SURFACES, names


def lines(thing):
    """The equations one by one, without the alignment around them."""
    latex = equations(thing).latex
    return latex.removeprefix(r"\begin{aligned} ").removesuffix(r" \end{aligned}").replace(" &", " ").split(r" \\ ")


def written(f) -> str:
    """The right-hand side for a plain function of x and y."""
    return lines(surface(minima=[], window=((0, 1), (0, 1)), start=(0, 0))(f))[-1].removeprefix("f(x, y) = ")


def test_gradient_descent_is_its_equation():
    assert lines(GradientDescent) == [
        r"g \leftarrow \nabla f(\theta)",
        r"\theta \leftarrow \theta - \alpha\,g",
    ]


def test_momentum_keeps_the_order_of_the_code():
    assert lines(Momentum)[1:] == [
        r"v \leftarrow \beta\,v + \alpha\,g",
        r"\theta \leftarrow \theta - v",
    ]


def test_a_look_ahead_stands_inside_the_gradient():
    assert lines(Nesterov)[0] == r"g \leftarrow \nabla f(\theta - \beta\,v)"


def test_adam_has_hats_and_powers():
    assert lines(Adam)[1:] == [
        r"m \leftarrow \beta_{1}\,m + \left(1 - \beta_{1}\right)\,g",
        r"v \leftarrow \beta_{2}\,v + \left(1 - \beta_{2}\right)\,{g}^{2}",
        r"\hat{m} \leftarrow \frac{m}{1 - {\beta_{1}}^{t}}",
        r"\hat{v} \leftarrow \frac{v}{1 - {\beta_{2}}^{t}}",
        r"\theta \leftarrow \theta - \frac{\alpha\,\hat{m}}{\sqrt{\hat{v}} + \epsilon}",
    ]


def test_a_fraction_times_a_fraction_stands_side_by_side():
    assert lines(AdaMax)[-1] == r"\theta \leftarrow \theta - \frac{\alpha}{1 - {\beta_{1}}^{t}}\,\frac{m}{u}"


def test_the_parameters_of_a_surface_keep_their_names():
    def line(w, b):
        return w + 2 * b

    assert lines(Surface(line, (), ((0, 1), (0, 1)), (0, 0))) == [r"f(w, b) = w + 2\,b"]


@pytest.mark.parametrize("thing", [*RULES, *SURFACES], ids=names([*RULES, *SURFACES]))
def test_every_rule_and_surface_has_equations(thing):
    assert r"\begin{aligned}" in equations(thing)._repr_latex_()


def test_an_instance_has_the_equations_of_its_class():
    assert equations(Adam(alpha=0.1)).latex == equations(Adam).latex


def test_a_rule_of_ones_own_has_equations():
    @rule
    class Normalised(Rule):
        """θ ← θ − α g / |g|, counting its steps"""

        alpha: Value = 0.1

        class State(NamedTuple):
            count: Value

        def update(self, theta, g, state, t):
            length = np.linalg.norm(g, axis=0)
            direction = np.where(length > 0, g / length, 0)
            return theta - self.alpha * direction, self.State(state.count + 1)

    assert lines(Normalised)[1] == r"\mathrm{length} \leftarrow \lVert g \rVert"
    assert (
        r"\frac{g}{\mathrm{length}} & \text{if } \mathrm{length} > 0 \\ 0 & \text{else}" in equations(Normalised).latex
    )
    assert equations(Normalised).latex.endswith(
        r"\theta &\leftarrow \theta - \alpha\,\mathrm{direction} \\ "
        r"\mathrm{count} &\leftarrow \mathrm{count} + 1 \end{aligned}"
    )


# fmt: off
def difference(x, y): return x - (y - 1)
def product(x, y): return (x + y) * (x - y)
def signed(x, y): return x * (-y)
def leading(x, y): return -x * y
def leading_twice(x, y): return -x * y * 2
def plus_minus(x, y): return x + -y
def numbers(x, y): return x * 2 * 3**y
def tower(x, y): return (x**y) ** 2 + x ** (y**2)
def ratio(x, y): return (x / y) ** 2 / (x + 1e-8)
def root(x, y): return np.sqrt(abs(x)) * np.maximum(x, 0.5 * y)
def bounded(x, y): return np.sign(x) * np.minimum(x, np.clip(y, 0, 1))
# fmt: on


@pytest.mark.parametrize(
    ("f", "latex"),
    [
        (difference, r"x - \left(y - 1\right)"),
        (product, r"\left(x + y\right)\,\left(x - y\right)"),
        (signed, r"x\,\left(-y\right)"),
        (leading, r"-x\,y"),
        (leading_twice, r"-x\,y \cdot 2"),
        (plus_minus, r"x + \left(-y\right)"),
        (numbers, r"x \cdot 2 \cdot {3}^{y}"),
        (tower, r"{\left({x}^{y}\right)}^{2} + {x}^{{y}^{2}}"),
        (ratio, r"\frac{{\left(\frac{x}{y}\right)}^{2}}{x + 1 \cdot 10^{-8}}"),
        (root, r"\sqrt{\lvert x \rvert}\,\max\left(x,\, 0.5\,y\right)"),
        (
            bounded,
            r"\operatorname{sign}\left(x\right)\,\min\left(x,\, \operatorname{clip}\left(y,\, 0,\, 1\right)\right)",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_parentheses_stand_where_the_code_needs_them(f, latex):
    assert written(f) == latex


def test_a_choice_inside_a_product_has_parentheses():
    def chosen(x, y):
        return x * np.where(x > y, x, 2)

    assert written(chosen).endswith(r"\text{else} \end{array} \right.\right)")


def test_a_pair_of_assignments_is_two_lines():
    def turned(x, y):
        a, b = x + y, x - y
        return a * b

    turned_surface = Surface(turned, (), ((0, 1), (0, 1)), (0, 0))
    assert lines(turned_surface) == ["a = x + y", "b = x - y", r"f(x, y) = a\,b"]


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("epsilon", r"\epsilon"),
        ("beta12", r"\beta_{12}"),
        ("x_bar", r"\bar{x}"),
        ("mu_next", r"{\mu}'"),
        ("lr", r"\mathrm{lr}"),
        ("step_size", r"\mathrm{step\_size}"),
        ("weight_decay", r"\lambda"),
    ],
)
def test_a_name_becomes_its_symbol(name, latex):
    assert symbol(name) == latex


def test_a_norm_is_the_only_call_that_mixes_the_coordinates():
    line = ast.parse("np.abs(g) * np.sqrt(v) / np.linalg.norm(g, axis=0)", mode="eval").body
    assert [ast.unparse(part) for part in wholes(line)] == ["np.linalg.norm(g, axis=0)"]


def swaps(x, y):
    x, y = y, x
    return x - y


def unpacks_many(x, y):
    a, *_rest = x, y, 2
    return a


def unpacks_one(x, y):
    a, *_rest = (x,)
    return a


@pytest.mark.parametrize("f", [swaps, unpacks_many, unpacks_one])
def test_a_pair_of_assignments_that_isnt_two_lines_is_named(f):
    with pytest.raises(TypeError, match=f"{f.__name__} has no equation for: "):
        written(f)


def test_code_without_an_equation_is_named():
    def loops(x, y):
        for _ in range(3):
            x = x + y
        return x

    def sorts(x, y):
        return np.sort(x)

    def clips_below(x, y):
        return np.clip(x, y)

    def writes_elsewhere(x, y):
        return np.sqrt(x, y)

    with pytest.raises(TypeError, match=r"loops has no equation for: for _ in range\(3\)"):
        written(loops)
    with pytest.raises(TypeError, match=r"no equation here for: np.sort\(x\)"):
        written(sorts)
    with pytest.raises(TypeError, match=r"no equation here for: np.clip\(x, y\)"):
        written(clips_below)
    with pytest.raises(TypeError, match=r"no equation here for: np.sqrt\(x, y\)"):
        written(writes_elsewhere)


def test_code_without_a_source_is_named():
    namespace = {}
    exec("def unseen(x, y): return x + y", namespace)
    with pytest.raises(TypeError, match="unseen has no source to read"):
        written(namespace["unseen"])


def rule_with(update):
    """A rule with one velocity and this update."""

    class State(NamedTuple):
        v: Value

    return rule(type("Own", (Rule,), {"State": State, "update": update, "__annotations__": {}}))


def test_the_old_and_the_new_memory_in_one_line_are_refused():
    def update(self, theta, g, state, t):
        v = 0.9 * state.v + g
        return theta - 1.9 * v + 0.9 * state.v, self.State(v)

    with pytest.raises(TypeError, match=r"reads state.v after it has set v"):
        equations(rule_with(update))


def test_what_is_remembered_has_a_line_unless_it_has_one():
    def update(self, theta, g, state, t):
        return theta - g, self.State(g)

    assert lines(rule_with(update)) == [
        r"g \leftarrow \nabla f(\theta)",
        r"\theta \leftarrow \theta - g",
        r"v \leftarrow g",
    ]


def test_a_memory_that_is_not_a_state_is_refused():
    def update(self, theta, g, state, t):
        return theta - g, state._replace(v=g)

    with pytest.raises(TypeError, match=r"must return theta, self.State"):
        equations(rule_with(update))


def test_what_is_neither_a_rule_nor_a_surface_is_named():
    with pytest.raises(TypeError, match="a rule or a surface, got 3"):
        equations(3)
