"""Pictures that read on every page, and are the same on every machine."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest

from descent import (
    COLOURS,
    Adam,
    GradientDescent,
    bowl,
    canvas,
    descend,
    draw_losses,
    draw_path,
    draw_surface,
    grid,
    picture,
    rosenbrock,
)
from strategies import SURFACES, names

PAPER, DARK = "#ffffff", "#14181e"


def drawn(alt="a walk", caption=""):
    figure, axes = canvas()
    path = descend(rosenbrock, rosenbrock.start, Adam(0.1), 20)
    draw_surface(axes, rosenbrock)
    draw_path(axes, path, "Adam, α < 1", which=1, every=5)
    axes.legend()
    return picture(figure, alt, caption)


def texts(a_picture):
    return [element.text for element in ElementTree.fromstring(a_picture.svg).iter("{http://www.w3.org/2000/svg}text")]


# ------------------------------------------------------------------ alternative text


def test_a_picture_is_an_image_with_its_alternative_text():
    root = ElementTree.fromstring(drawn(alt="Adam walks down the valley").svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Adam walks down the valley"


def test_alternative_text_and_caption_are_escaped():
    nasty = "<script>\"x\" & 'y'</script>"
    a_picture = drawn(alt=nasty, caption=nasty)
    page = a_picture._repr_html_()
    assert "<script" not in page
    root = ElementTree.fromstring(page)
    image = root.find("img")
    assert image.get("alt") == nasty
    drawing = ElementTree.fromstring(unquote(image.get("src").removeprefix("data:image/svg+xml,")))
    assert drawing.get("aria-label") == nasty
    assert root.find("figcaption").text == nasty


def test_a_picture_without_a_caption_has_no_empty_one():
    assert "figcaption" not in drawn()._repr_html_()


def test_as_plain_text_a_picture_is_its_alternative_text():
    assert repr(drawn(alt="a walk downhill")) == "Picture: a walk downhill"


@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_a_picture_without_alternative_text_is_an_error(empty):
    with pytest.raises(ValueError, match="alt must say what the figure shows, got an empty text"):
        picture(canvas()[0], empty)


# ------------------------------------------------------------------ ink, colours, noise


def test_the_ink_is_the_pages_own():
    svg = drawn().svg
    assert not re.search(r"#000(000)?\b|black|#fff(fff)?\b|white", svg, re.IGNORECASE)
    assert svg.count("currentColor") > 10


def test_a_picture_brings_no_font_of_its_own():
    svg = drawn().svg
    assert "DejaVu" not in svg
    assert set(re.findall(r"font-family: ([^;\"]+)", svg)) <= {"sans-serif", "inherit"}


def test_a_picture_scales_with_the_page():
    root = ElementTree.fromstring(drawn().svg)
    assert root.get("width") is None
    assert root.get("viewBox") == "0 0 504 259.2"  # 7 × 3.6 inches
    assert "width:100%" in root.get("style")


def test_the_same_drawing_is_the_same_bytes():
    assert drawn()._repr_html_() == drawn()._repr_html_()


def test_a_picture_carries_no_date_and_no_numbered_ids():
    svg = drawn().svg
    assert not re.search(r"<metadata|<!--|<!DOCTYPE|dc:date|20\d\d-\d\d-\d\d|matplotlib", svg)
    assert not re.search(r'id="\w+_\d+"', svg)


def test_every_reference_in_a_picture_is_found_in_it():
    svg = drawn().svg
    assert set(re.findall(r"(?:url\(#|href=\"#)(\w+)", svg)) == set(re.findall(r' id="(\w+)"', svg))


@pytest.mark.parametrize("text", ["α = 0.0015", "0.0012", "ink #000000", "font: 12px", "a < b & c", "<!-- no -->"])
def test_text_is_text_as_it_was_written(text):
    figure, axes = canvas()
    axes.plot([0, 1], [0, 1], label=text)
    axes.legend()
    assert text in texts(picture(figure, "a line"))


def test_the_numbers_at_the_axes_are_whole():
    figure, axes = canvas()
    axes.set(xlim=(0, 1), ylim=(0, 0.01), yticks=[0.0025, 0.0075])
    assert {"0.0025", "0.0075"} <= set(texts(picture(figure, "empty axes")))


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("background", [PAPER, DARK])
@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_is_seen_on_paper_and_in_the_dark(colour, background):
    light, dark = sorted([luminance(colour), luminance(background)], reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_there_are_six_colours():
    assert len(set(COLOURS)) == 6


# ------------------------------------------------------------------ drawings


@pytest.mark.parametrize("a_surface", SURFACES, ids=names(SURFACES))
def test_a_surface_is_drawn_in_its_window_with_its_minima(a_surface):
    figure, axes = canvas()
    draw_surface(axes, a_surface)
    assert (axes.get_xlim(), axes.get_ylim()) == a_surface.window
    stars = [line.get_xydata()[0] for line in axes.lines if line.get_marker() == "*"]
    assert sorted(map(tuple, stars)) == sorted(a_surface.minima)
    assert len(picture(figure, "contours").svg) > 1000


@pytest.mark.parametrize("a_surface", SURFACES, ids=names(SURFACES))
def test_every_contour_stays_on_one_height(a_surface):
    axes = canvas()[1]
    draw_surface(axes, a_surface)
    contours = [line.get_xydata() for line in axes.lines if line.get_marker() != "*"]
    heights = [a_surface.value(points[~np.isnan(points).any(axis=1)].T) for points in contours]
    means = [values.mean() for values in heights]
    assert means == sorted(means) and len(means) == 13
    everything = np.ptp(np.concatenate(heights))
    assert all(np.ptp(values) < 0.1 * everything for values in heights)


def test_a_path_is_drawn_through_its_points_in_its_colour():
    axes = canvas()[1]
    path = descend(bowl(), (1, 1), GradientDescent(0.05), 5)
    draw_path(axes, path, "down", which=2, every=2)
    (line,) = axes.lines
    np.testing.assert_array_equal(line.get_xydata(), path.theta)
    assert (line.get_color(), line.get_label(), line.get_markevery()) == (COLOURS[2], "down", 2)


def test_losses_are_drawn_in_order_on_a_logarithmic_axis():
    axes = canvas()[1]
    paths = {f"α = {alpha}": descend(bowl(), (1, 1), GradientDescent(alpha), 5) for alpha in (0.01, 0.02)}
    draw_losses(axes, paths, ylabel="f")
    assert axes.get_yscale() == "log"
    for line, colour, (label, path) in zip(axes.lines, COLOURS[:2], paths.items(), strict=True):
        assert (line.get_color(), line.get_label()) == (colour, label)
        np.testing.assert_array_equal(line.get_xydata(), np.stack([path.t, path.loss], axis=1))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "f")


def test_a_legend_is_as_large_as_the_labels_and_has_no_frame():
    figure, axes = canvas()
    draw_losses(axes, {"down": descend(bowl(), (1, 1), GradientDescent(0.01), 5)})
    picture(figure, "a falling loss")
    assert axes.get_legend().get_texts()[0].get_fontsize() == axes.xaxis.label.get_fontsize()
    assert not axes.get_legend().get_frame_on()


def test_a_diverged_path_is_drawn_as_far_as_it_goes():
    figure, axes = canvas(1, 2, ncols=1)
    path = descend(bowl(), (1, 1), GradientDescent(1.0), 50)
    draw_path(axes, path, "away")
    draw_losses(canvas()[1], {"away": path})
    assert "NaN" not in picture(figure, "a path that leaves").svg


def test_a_path_without_a_loss_has_no_loss_to_draw():
    path = descend(bowl().grad, (1, 1), GradientDescent(0.01), 5)
    with pytest.raises(ValueError, match="down: its loss is not known, only its gradient was given"):
        draw_losses(canvas()[1], {"down": path})


def test_what_is_not_one_walk_of_two_parameters_is_not_drawn():
    several = descend(bowl(), (1, 1), GradientDescent(**grid(alpha=[0.01, 0.02])), 5)
    with pytest.raises(ValueError, match=r"path must be one walk of two parameters, got a theta of shape \(6, 2, 2\)"):
        draw_path(canvas()[1], several, "both")
    with pytest.raises(ValueError, match=r"both: must be one walk, got losses of shape \(6, 2\)"):
        draw_losses(canvas()[1], {"both": several})


def test_a_seventh_line_is_refused():
    path = descend(bowl(), (1, 1), GradientDescent(0.05), 5)
    with pytest.raises(ValueError, match="at most 6 lines apart, got number 7"):
        draw_losses(canvas()[1], dict.fromkeys("abcdefg", path))
