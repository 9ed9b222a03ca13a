"""A recording: a training too big for the page, run beforehand and played frame by frame."""

from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets

from descent.arguments import array, shown, text, whole
from descent.figures import COLOURS, Picture, canvas, picture
from descent.lab import script
from descent.lab.widget import LOOKS

__all__ = ["Recording"]


class Recording(anywidget.AnyWidget):
    """What a training looked like: images of its weights, its curves, and a sentence for each frame.

    ``images``   shape ``(frames, images, rows, columns)``: black is minus the largest size of all weights, white
                 plus it, middle grey zero
    ``curves``   for each name its values, one per frame, above zero; the page draws them on a logarithmic axis
    ``says``     a sentence for each frame, for the eye and for who listens
    ``every``    the steps from one frame to the next; the first frame is the start
    ``shows``    what the images are, for who can't see them
    ``name``     its name in the page; no two labs of a chapter have the same one
    ``caption``  a sentence under the figure; say in it that this is a recording

    There is nothing to set but the step. Raises ValueError, naming the argument.
    """

    _esm = script.widget_module()
    _css = script.style()
    specification = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        images: Any,
        curves: Mapping[str, Sequence[float]],
        says: Sequence[str],
        every: int,
        shows: str,
        name: str,
        caption: str,
    ):
        script.check_name(name)
        text("shows", shows), text("caption", caption)
        images = array("images", images)
        if images.ndim != 4 or not images.size or not np.isfinite(images).all():
            raise ValueError(
                f"images must be finite and of shape (frames, images, rows, columns), got shape {images.shape}"
            )
        if not isinstance(says, (list, tuple)):
            raise TypeError(f"says must be a list of sentences, got {shown(says)}")
        if len(says) != len(images) or len(says) < 2:
            raise ValueError(
                f"says must have a sentence for each of {len(images)} frames, two or more, got {len(says)}"
            )
        for sentence in says:
            text("says", sentence)
        if not isinstance(curves, Mapping):
            raise TypeError(f"curves must be names with their values, got {shown(curves)}")
        if not 1 <= len(curves) <= len(COLOURS):
            raise ValueError(f"curves must be one to {len(COLOURS)}, got {len(curves)}")
        drawn = {text("curves", curve): _four_digits(array("curves", values)) for curve, values in curves.items()}
        for curve, values in drawn.items():
            if np.shape(values) != (len(images),) or not (np.isfinite(values).all() and np.min(values) > 0):
                raise ValueError(
                    f"curves must have {len(images)} numbers above zero, one for each frame: see {curve!r}"
                )
        every = whole("every", every)
        self.curves, self.caption = drawn, caption  # as rounded as the page's: the last bits are the machine's
        _, count, rows, columns = images.shape
        super().__init__(
            specification={
                "name": name,
                "every": every,
                "shows": shows,
                "looks": LOOKS[: len(curves)],
                "images": {"count": count, "rows": rows, "columns": columns, "frames": as_text(images)},
                "curves": drawn,
                "says": list(says),
            }
        )

    def __repr__(self) -> str:
        return f"Recording {self.specification['name']}"

    def at_rest(self) -> Picture:
        """The curves, as a picture."""
        figure, axes = canvas(7, 3)
        last = (len(self.specification["says"]) - 1) * self.specification["every"]
        for curve, values in self.curves.items():
            axes.semilogy(np.linspace(0, last, len(values)), values, label=curve)
        axes.set(xlabel="step")
        axes.legend(loc="best")
        alt = f"{' and '.join(self.curves)} over {last} steps. In the end: {self.specification['says'][-1]}"
        return picture(figure, alt[0].upper() + alt[1:], self.caption)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        data["text/html"] = script.figure(self.specification, self.at_rest())
        return data, metadata


def _four_digits(values: np.ndarray) -> Any:
    return np.vectorize(lambda value: float(f"{value:.4g}"), otypes=[float])(values).tolist()


def as_text(images: np.ndarray) -> list[str]:
    """A string for each frame, a character for each pixel: "0" for −max |w|, "O" for zero, "n" for max |w|."""
    share = images / (np.abs(images).max() or 1)
    levels = np.rint(31 * (share + 1)).astype(int) + ord("0")
    return ["".join(map(chr, frame.ravel())) for frame in levels]
