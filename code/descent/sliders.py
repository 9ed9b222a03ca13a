"""A figure with sliders: ipywidgets in a running notebook, its first picture on paper and on the page."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from descent.figures import Picture

__all__ = ["Sliders"]


class Sliders(widgets.VBox):
    """`draw(**values)` returns a `Picture`; each keyword is an ipywidgets control that sets one of its arguments.

    >>> Sliders(draw, alpha=widgets.FloatLogSlider(0.1, min=-3, max=0, description="α"))  # doctest: +SKIP

    Every move redraws. Where no kernel runs, the picture of the starting values is shown.
    """

    def __init__(self, draw: Callable[..., Picture], **controls: Any):
        self.draw, self.controls = draw, controls
        picture = draw(**self.values)._repr_html_()
        settings = ", ".join(f"{c.description or name} = {_text(c.value)}" for name, c in controls.items())
        self.at_rest = (
            f'{picture}<p class="sliders-note">Here the sliders stand at {html.escape(settings)}. '
            "They move when the notebook runs.</p>"
        )
        self.drawing = widgets.HTML(picture)
        for control in controls.values():
            control.style.description_width = "6em"
            control.observe(self._redraw, names="value")
        super().__init__([*controls.values(), self.drawing])

    @property
    def values(self) -> dict[str, Any]:
        """The value of every control, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def _redraw(self, change: Any) -> None:
        self.drawing.value = self.draw(**self.values)._repr_html_()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(**kwargs), "text/html": self.at_rest}


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
