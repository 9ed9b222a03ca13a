"""The recording in Python: what it tells the page, what it refuses, what stands where nothing moves."""

import json
from html import unescape

import numpy as np
import pytest
from bs4 import BeautifulSoup

from descent import Recording
from descent.lab.recording import as_text

GIVEN = {
    "images": np.zeros((2, 3, 4, 5)),
    "curves": {"loss": [2.0, 1.0]},
    "says": ["At the start.", "The loss is 1."],
    "every": 10,
    "shows": "Three images.",
    "name": "recording",
    "caption": "A recording.",
}


def test_a_pixel_is_a_character_between_black_and_white():
    assert as_text(np.array([[[[-2.0, 0.0, 2.0, 1.0]]]])) == ["0On^"]
    assert as_text(np.zeros((1, 1, 1, 2))) == ["OO"]


def test_the_page_gets_every_frame_and_the_picture_says_how_it_ended():
    shown = Recording(**GIVEN)._repr_mimebundle_()[0]["text/html"]
    assert 'data-name="recording"' in shown and "A recording." in shown
    assert 'alt="Loss over 10 steps. In the end: The loss is 1."' in unescape(shown)
    specification = json.loads(BeautifulSoup(shown, "html.parser").script.text)
    assert [len(frame) for frame in specification["images"]["frames"]] == [60, 60]
    assert specification["curves"] == {"loss": [2.0, 1.0]}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"images": np.zeros((2, 3, 4))}, r"images must be finite and of shape .* got shape \(2, 3, 4\)"),
        ({"images": np.full((2, 1, 1, 1), np.nan)}, "images must be finite"),
        ({"says": ["One."]}, "says must have a sentence for each of 2 frames, two or more, got 1"),
        ({"curves": {}}, "curves must be one to"),
        ({"curves": {"loss": [1.0, 0.0]}}, "curves must have 2 numbers above zero, one for each frame: see 'loss'"),
        ({"curves": {"loss": [1.0]}}, "curves must have 2 numbers above zero"),
        ({"every": 0}, r"every must be a whole number in \[1, ∞\), got 0"),
        ({"name": "Two Words"}, "name must be lower-case"),
    ],
)
def test_what_does_not_fit_is_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        Recording(**GIVEN | wrong)
