"""Figures of the chapters: matplotlib drawings that become part of the page.

A `Picture` is an SVG without a background, whose ink is the text colour of the page once the book has put
it there, so that it reads in light, in dark and on paper. Its text is text. The six colours keep a contrast
of 3:1 on white and on the dark theme; dash and marker tell them apart as well; their order is fixed.
"""

import hashlib
import html
import io
import re
from typing import Any

import contourpy
import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

from descent.arguments import text
from descent.path import Path
from descent.surfaces import Surface

__all__ = ["COLOURS", "Picture", "canvas", "draw_losses", "draw_path", "draw_surface", "picture"]

#: The colours of the lines, in their fixed order.
COLOURS = ("#1f77d0", "#d1580b", "#0a9068", "#a259b5", "#957000", "#808080")
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (8, 2, 3, 2)), (0, (3, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")
INK = "black"  # becomes the text colour of the page

STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "descent",
    "font.family": "sans-serif",
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.prop_cycle": cycler(color=COLOURS, linestyle=DASHES),
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "path.simplify_threshold": 0.3,
}


class Picture:
    """A finished drawing with its caption and alternative text, shown by Jupyter and by the book alike."""

    def __init__(self, svg: str, caption: str, alt: str):
        self.svg, self.caption, self.alt = svg, caption, alt

    def _repr_html_(self) -> str:
        # An image, since an untrusted notebook shows no inline SVG; on white, since it can't know the theme.
        address = html.escape("data:image/svg+xml," + self.svg.replace("%", "%25").replace("#", "%23"))
        image = f'<img class="picture" src="{address}" alt="{html.escape(self.alt)}" style="background:white"/>'
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        return f'<figure class="picture">{image}{caption}</figure>'

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"


def canvas(width: float = 7, height: float = 3.6, **panels: Any) -> tuple[Figure, Any]:
    """An empty figure of so many inches and its axes, in the book's style; `panels` as in ``Figure.subplots``."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots(**panels)


def picture(figure: Figure, alt: str, caption: str = "") -> Picture:
    """Finish a figure. ``alt`` says what it shows to someone who can't see it; it must not be empty."""
    if not text("alt", alt).strip():
        raise ValueError("alt must say what the figure shows, got an empty text")
    for axes in figure.axes:
        if legend := axes.get_legend():
            legend.set_frame_on(False)
    with mpl.rc_context(STYLE):
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return Picture(_for_the_page(file.getvalue(), alt), caption, alt)


def _for_the_page(svg: str, alt: str) -> str:
    """The drawing as SVG that scales, takes the page's ink and font, and is the same on every machine."""
    width, box = re.search(r'width="([\d.]+)pt".*? viewBox="([^"]+)"', svg).groups()  # type: ignore[union-attr]
    svg = svg[svg.index(">", svg.index("<svg")) + 1 :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", svg, flags=re.S)
    svg = re.sub(r"<[^>]+>", _tag, svg)
    for name, frame in re.findall(r'<clipPath id="(\w+)">\s*(<rect[^>]*>)', svg):  # named after unrounded numbers
        svg = svg.replace(name, f"p{hashlib.sha256(frame.encode()).hexdigest()[:10]}")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{box}" '
        f'role="img" aria-label="{html.escape(alt)}" style="width:100%;max-width:{float(width):.0f}pt;'
        'fill:currentColor;stroke-linejoin:round;stroke-linecap:butt">'
    )
    return head + re.sub(r"\s*\n\s*", "\n", svg).strip()


def _tag(match: re.Match[str]) -> str:
    """One tag of the drawing, without numbered ids, DejaVu Sans, black, and digits below any pixel."""
    tag = re.sub(r' id="[a-zA-Z]+[a-zA-Z0-9.]*_\d+"', "", match[0])
    tag = re.sub(r'font-family: [^;"]*', "font-family: sans-serif", tag)
    tag = re.sub(r"(\d\.\d\d)\d+", r"\1", tag)
    return tag.replace("#000000", "currentColor")


def contours(surface: Surface, points: int) -> tuple[np.ndarray, list[Any]]:
    """The heights on a grid of `points` × `points` over the window, and for each of 13 levels its lines.

    The levels are equal steps of log(1 + f − lowest) apart; a line is an array of shape ``(n, 2)``.
    """
    x, y = np.meshgrid(*(np.linspace(low, high, points) for low, high in surface.window))
    z = surface.value(np.stack([x, y]))
    known = z[np.isfinite(z)]
    if not known.size or not np.isfinite(height := known.max() - known.min()):
        raise ValueError(
            f"window must show where {surface.name} is finite and its differences are, got {surface.window}"
        )
    levels = known.min() + np.expm1(np.linspace(0, np.log1p(height), 15)[1:-1])
    return z, [contourpy.contour_generator(x, y, z).lines(level) for level in levels]


def draw_surface(axes: Axes, surface: Surface) -> None:
    """Contours of f over its window, equal steps of log(1 + f − lowest) apart; a star marks each minimum."""
    x, y = surface.window
    lines = contours(surface, 161)[1]
    for pieces in filter(None, lines):  # as plain lines, which matplotlib thins out as far as the eye can't tell
        joined = np.concatenate([np.append(piece, [[np.nan, np.nan]], axis=0) for piece in pieces])
        axes.plot(*joined.T, color=INK, linestyle="-", linewidth=0.6, alpha=0.35)
    for a, b in surface.minima:
        axes.plot(a, b, "*", color=INK, markersize=9, zorder=4)
    across, up = surface.parameters
    axes.set(xlim=x, ylim=y, xlabel=across, ylabel=up)


def draw_path(axes: Axes, path: Path, label: str, which: int = 0, every: int = 1) -> None:
    """One walk over its surface, a marker at every `every`-th step, in colour, dash and marker number `which`.

    Raises ValueError for a grid of walks, for other than two parameters, and for a seventh colour.
    """
    if path.theta.shape[1:] != (2,):
        raise ValueError(f"path must be one walk of two parameters, got a theta of shape {path.theta.shape}")
    line: Any = _line(which) | {"marker": MARKERS[which], "markevery": every, "markersize": 3.5, "linewidth": 1.2}
    axes.plot(path.theta[:, 0], path.theta[:, 1], label=label, zorder=3, **line)


def draw_losses(axes: Axes, paths: dict[str, Path], ylabel: str = "loss") -> None:
    """Loss (logarithmic) against steps, one line per walk, in the order of the dictionary.

    Raises ValueError for a grid of walks, a walk without a loss, and a seventh walk.
    """
    for which, (label, path) in enumerate(paths.items()):
        if path.loss is None:
            raise ValueError(f"{label}: its loss is not known, only its gradient was given")
        if path.loss.ndim != 1:
            raise ValueError(f"{label}: must be one walk, got losses of shape {path.loss.shape}")
        line: Any = _line(which)
        axes.semilogy(path.t, path.loss, label=label, **line)
    axes.set(xlabel="step", ylabel=ylabel)
    axes.legend()


def _line(which: int) -> dict[str, Any]:
    if not 0 <= which < len(COLOURS):
        raise ValueError(f"a figure tells at most {len(COLOURS)} lines apart, got number {which + 1}")
    return {"color": COLOURS[which], "linestyle": DASHES[which]}
