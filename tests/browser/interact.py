"""The figure of the benchmark with what everybody has: ipywidgets.interact and matplotlib. Prints milliseconds.

Six rules for 500 steps on Rosenbrock's valley, contours and losses, drawn anew when the slider of α moves.
"""

import io
import json
import time

import ipywidgets
import matplotlib as mpl
import numpy as np
from gallery import FIVE
from matplotlib import pyplot as plt

from descent import GradientDescent, descend, rosenbrock

STEPS, MOVES = 500, 8
mpl.use("agg")

pictures: list[bytes] = []
(x0, x1), (y0, y1) = rosenbrock.window
x, y = np.meshgrid(np.linspace(x0, x1, 121), np.linspace(y0, y1, 121))
z = np.log1p(rosenbrock.value(np.stack([x, y])))


def draw(alpha):
    figure, (left, right) = plt.subplots(ncols=2, figsize=(8.2, 3.6))
    left.contour(x, y, z, 14, colors="grey", linewidths=0.6)
    for rule in (GradientDescent(alpha=alpha), *FIVE):
        path = descend(rosenbrock, rosenbrock.start, rule, STEPS)
        left.plot(*path.theta.T, linewidth=1.2)
        right.semilogy(path.t, path.loss)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    pictures.append(file.getvalue())


def main():
    widget = ipywidgets.interactive(draw, alpha=ipywidgets.FloatLogSlider(1e-3, base=10, min=-4, max=-2.8, step=0.02))
    (slider,) = (child for child in widget.children if isinstance(child, ipywidgets.FloatLogSlider))
    widget.update()  # the first picture also loads fonts
    times = []
    for move in range(MOVES):
        before = time.perf_counter()
        slider.value = 1e-3 + 1e-5 * (move + 1)  # its callback walks and draws before this returns
        times.append(1000 * (time.perf_counter() - before))
    if len(set(pictures)) != MOVES + 1:
        raise SystemExit(f"{MOVES} moves drew {len(set(pictures))} different pictures")
    print("\n" + json.dumps(times))  # on a line of its own: interact writes to the terminal, too


if __name__ == "__main__":
    main()
