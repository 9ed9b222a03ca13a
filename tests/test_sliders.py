"""A figure with sliders: redrawn by a kernel, its first picture elsewhere."""

import ipywidgets as widgets
import pytest

from descent import Picture, Sliders


def draw(alpha, beta=0.0):
    return Picture(f"<svg>α {alpha:g}, β {beta:g}</svg>", "", "two numbers")


@pytest.fixture
def sliders():
    return Sliders(
        draw,
        alpha=widgets.FloatSlider(0.25, min=0, max=1, description="α"),
        beta=widgets.FloatSlider(0.5, min=0, max=1),
    )


def test_moving_a_slider_redraws(sliders):
    alpha, beta = sliders.controls.values()
    assert "α 0.25, β 0.5" in sliders.drawing.value
    alpha.value = 0.75
    assert "α 0.75, β 0.5" in sliders.drawing.value
    beta.value = 0.125
    assert "α 0.75, β 0.125" in sliders.drawing.value
    assert sliders.values == {"alpha": 0.75, "beta": 0.125}


def test_the_controls_stand_above_the_drawing_in_the_order_written(sliders):
    assert [*sliders.children] == [*sliders.controls.values(), sliders.drawing]


def test_what_is_stored_is_the_first_picture_and_where_the_sliders_stand(sliders):
    stored = sliders._repr_mimebundle_()["text/html"]
    assert stored.startswith(draw(0.25, 0.5)._repr_html_())
    assert "α = 0.25, beta = 0.5" in stored


def test_what_is_stored_does_not_change_when_a_slider_moves(sliders):
    stored = sliders._repr_mimebundle_()["text/html"]
    sliders.controls["alpha"].value = 0.75
    assert sliders._repr_mimebundle_()["text/html"] == stored


def test_a_running_notebook_gets_the_widget(sliders):
    view = sliders._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == sliders.model_id


@pytest.mark.parametrize(
    ("control", "other"),
    [
        (lambda: widgets.Dropdown(options=["bowl", "saddle"]), "saddle"),
        (lambda: widgets.SelectionSlider(options=["bowl", "saddle"]), "saddle"),
        (lambda: widgets.Checkbox(True), False),
        (lambda: widgets.IntSlider(3), 4),
    ],
    ids=["Dropdown", "SelectionSlider", "Checkbox", "IntSlider"],
)
def test_every_control_of_ipywidgets_will_do(control, other):
    made = Sliders(lambda what: Picture("<svg/>", f"what is {what}", "a value"), what=control())
    assert f"what = {made.values['what']}" in made._repr_mimebundle_()["text/html"]
    made.controls["what"].value = other
    assert f"what is {other}" in made.drawing.value


def test_what_is_stored_is_escaped():
    made = Sliders(lambda a: Picture("<svg/>", "", "none"), a=widgets.FloatSlider(1, description="<b>"))
    assert "<b>" not in made._repr_mimebundle_()["text/html"]
