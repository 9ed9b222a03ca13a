"""The interactive figure of the book: live in Jupyter, live in the published page, a picture elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import anywidget
import numpy as np
import traitlets

from descent.arguments import finite, shown, text, whole
from descent.conventions import forms
from descent.figures import COLOURS, DASHES, Picture, canvas, draw_losses, draw_path, draw_surface, picture
from descent.lab import objectives as of_objective
from descent.lab import rules as of_rule
from descent.lab import script
from descent.lab.objectives import Regression
from descent.lab.scales import Scale
from descent.path import DIVERGED, Path, descend
from descent.rules import Rule
from descent.rules.base import check, values_of, with_values
from descent.surfaces import Surface

__all__ = ["Lab"]

# How the page draws walker number k: in the colours and dashes of the static figures, the latter in pixels.
LOOKS = [
    {"colour": colour, "dash": [] if dash == "-" else [round(1.6 * length, 1) for length in dash[1]]}
    for colour, dash in zip(COLOURS, DASHES, strict=True)
]
TRAITS = ("hyperparameters", "start", "step", "surface", "batch", "draw")


class Lab(anywidget.AnyWidget):
    """A map with the paths of one or several rules, their losses, and a slider for every hyperparameter.

    ``objective``  a `Surface` or a `Regression`, or a list of them to choose from; also one defined in a cell
    ``rules``      the rules on show, with the values at which their sliders start; also the reader's own
    ``name``       its name in the page's address; no two labs of a chapter have the same one
    ``start``      where the walks start; the objective's own start if it is not given
    ``steps``      how many steps are walked, in [1, 2000]
    ``offer``      more rules, which the reader may add
    ``scales``     for some hyperparameters what their sliders offer, such as ``{"alpha": linear_scale(0, 0.2, 0.001)}``
    ``goal``       a walk has arrived when its loss is less than this above the minimum
    ``conventions``  whether every rule can be switched between its paper's form and those of the libraries
    ``caption``    a sentence under the figure

    In a running notebook ``hyperparameters``, ``start`` and ``step`` follow the screen and the screen follows
    them, and ``path()`` is the path on the screen. Raises ValueError or TypeError, naming the argument.

    >>> lab = Lab(rosenbrock, Adam(alpha=0.1), Momentum(), name="race")  # doctest: +SKIP
    """

    _esm = script.widget_module()
    _css = script.style()
    specification = traitlets.Dict().tag(sync=True)
    hyperparameters = traitlets.List(traitlets.Dict()).tag(sync=True)
    start = traitlets.List(traitlets.Float()).tag(sync=True)
    step = traitlets.Int().tag(sync=True)
    surface = traitlets.Unicode().tag(sync=True)
    batch = traitlets.Int().tag(sync=True)
    draw = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        objective: Any,
        *rules: Rule,
        name: str,
        start: Sequence[float] | None = None,
        steps: int = 100,
        offer: Sequence[Rule] = (),
        scales: Mapping[str, Scale] | None = None,
        goal: float = 1e-6,
        conventions: bool = False,
        caption: str = "",
    ):
        script.check_name(name)
        steps, goal = whole("steps", steps, 1, 2000), finite("goal", goal, above=0)
        text("caption", caption)
        if not 1 <= len(rules) <= len(COLOURS):
            raise ValueError(f"rules must be one to {len(COLOURS)} rules, got {len(rules)}")
        on_show = [_values(rule) for rule in rules]
        if not isinstance(offer, (list, tuple)):
            raise TypeError(f"offer must be a list of rules, got {shown(offer)}")
        for rule in offer:
            _values(rule)
        self.objectives = list(objective) if isinstance(objective, (list, tuple)) and objective else [objective]
        described = [of_objective.specification(each, steps) for each in self.objectives]
        titles = [each["name"] for each in described]
        if len(set(titles)) < len(titles):
            raise ValueError(f"objective must be surfaces of different names, got {', '.join(titles)}")
        kinds = {type(rule): rule for rule in [*offer, *rules]}
        if conventions:
            kinds = {
                form: of_rule.in_form(form, rule) for rule in kinds.values() for form in forms(type(rule)).values()
            }
            kinds |= {type(rule): rule for rule in [*offer, *rules]}
        dims = {each["dim"] for each in described}
        self.kinds = {of_rule.name_of(kind): rule for kind, rule in kinds.items()}
        names = list(self.kinds)
        if len(names) < len(kinds):
            every = [of_rule.name_of(kind) for kind in kinds]
            raise ValueError(f"rules must be of different names, got {', '.join(every)}; give your own another name")
        _check_scales(scales or {}, {each for rule in kinds.values() for each in values_of(rule)})
        if start is not None:
            of_objective.check_start(start, described[0]["dim"])
        self.goal, self.steps, self.caption = goal, steps, caption
        specification = {
            "name": name,
            "steps": steps,
            "goal": goal,
            "diverged": DIVERGED,
            "looks": LOOKS,
            "objectives": described,
            "rules": [of_rule.specification(rule, dims, scales or {}) for rule in kinds.values()],
            "families": of_rule.families(list(kinds)) if conventions else [],
            "shown": [{"rule": names.index(each["rule"]), "values": list(each.values())[1:]} for each in on_show],
            "start": None if start is None else [float(value) for value in start],
        }
        super().__init__(
            specification=specification,
            hyperparameters=on_show,
            start=specification["start"] or described[0]["start"],
            step=steps,
            surface=described[0]["name"],
            batch=described[0].get("batch", 0),
            draw=0,
        )

    @traitlets.validate(*TRAITS)
    def _checked(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        if name == "hyperparameters":
            if not 1 <= len(value) <= len(COLOURS):
                raise traitlets.TraitError(f"hyperparameters must be of one to {len(COLOURS)} rules, got {len(value)}")
            return [_values(self._rule(values)) for values in value]  # complete: the screen shows them all
        elif name == "surface":
            _one_of("surface", value, [each["name"] for each in self.specification["objectives"]])
        elif name == "start":
            of_objective.check_start(value, self._objective()[1]["dim"])
        else:
            here = self._objective()[1]
            draws = len(here.get("orders", [0]))
            least, most = {"step": (0, self.steps), "draw": (0, draws - 1), "batch": _batch_sizes(here)}[name]
            if not least <= value <= most:
                raise traitlets.TraitError(f"{name} must be in [{least}, {most}], got {shown(value)}")
        return value

    @traitlets.observe("surface")
    def _moved(self, change: Any) -> None:
        """What doesn't fit another surface becomes its own: it may have other parameters and other samples."""
        _, here = self._objective()
        if len(self.start) != here["dim"]:
            self.start = here["start"]
        least, most = _batch_sizes(here)
        if not least <= self.batch <= most:
            self.batch = here.get("batch", 0)
        if self.draw >= len(here.get("orders", [0])):
            self.draw = 0

    def rules(self) -> list[Rule]:
        """The rules on the screen, with the values of their sliders."""
        return [self._rule(values) for values in self.hyperparameters]

    def path(self, which: int = 0) -> Path:
        """The path of rule number `which` on the screen, walked by `descend`."""
        rules = self.rules()
        return descend(self._source(), self.start, rules[whole("which", which, 0, len(rules) - 1)], self.steps)

    def _rule(self, values: Mapping[str, Any]) -> Rule:
        _one_of("rule", values.get("rule"), list(self.kinds))
        rule = self.kinds[values["rule"]]
        names = {key: value for key, value in values.items() if key != "rule"}
        for name in names:
            _one_of(f"hyperparameter of {values['rule']}", name, list(values_of(rule)))
        return with_values(rule, names)

    def _objective(self) -> Any:
        position = [each["name"] for each in self.specification["objectives"]].index(self.surface)
        return self.objectives[position], self.specification["objectives"][position]

    def _source(self) -> Any:
        objective, _ = self._objective()
        if isinstance(objective, Regression):
            return objective.source(self.batch, self.draw)
        return objective

    # ------------------------------------------------------------------ where nothing moves

    def __repr__(self) -> str:
        return f"Lab {self.specification['name']}"

    def at_rest(self) -> Picture:
        """The figure as it stands now, as a picture."""
        objective, described = self._objective()
        lowest, plane = described["lowest"], list(described["plane"])
        figure, (left, right) = canvas(8.2, 3.6, ncols=2, width_ratios=(1.3, 1))
        draw_surface(left, objective if isinstance(objective, Surface) else objective.section())
        left.set(xlabel=described["axes"][0], ylabel=described["axes"][1])
        noisy = isinstance(objective, Regression) and self.batch < len(objective.model)
        curves: dict[str, Path] = {}
        verdicts = []
        titles = [type(rule).title or type(rule).__name__ for rule in self.rules()]
        for number, title in enumerate(titles):
            if before := titles[:number].count(title):
                title = f"{title} ({before + 1})"  # as on the page
            path = self.path(number)
            verdicts.append(f"{title} {verdict(path, lowest, self.goal, noisy)}")
            seen = replace(path, theta=path.theta[:, plane])
            draw_path(left, seen, title, which=number, every=max(1, self.steps // 25))
            above = np.where(path.loss > lowest, path.loss - lowest, np.nan)
            curves[title] = replace(path, loss=above)
        draw_losses(right, curves, ylabel="loss above the minimum")
        where = ", ".join(f"{value:g}" for value in self.start)
        what = "; ".join(verdicts)
        alt = f"Contours of {described['name']} with paths from ({where}), and their losses. "
        return picture(figure, f"{alt}{what[0].upper()}{what[1:]}.", self.caption)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        data["text/html"] = script.figure(self.specification, self.at_rest())
        return data, metadata


def verdict(path: Path, lowest: float, goal: float, noisy: bool) -> str:
    """How a walk ended, in the words of the page."""
    above = path.loss - lowest
    if path.diverged:
        what = "is not a number" if np.isnan(above[path.diverged]) else "diverges"
        return f"{what} at step {path.diverged}"
    if noisy:
        return f"averages {above[path.t[-1] // 2 + 1 :].mean():.2g} over the second half"
    arrived = np.flatnonzero(above < goal)
    if not arrived.size:
        return f"is at {above[-1]:.2g} after {_steps(path.t[-1])}"
    reached = f"reaches {goal:g} after {_steps(arrived[0])}"
    away = np.flatnonzero(~(above < goal))
    if away.size and away[-1] == path.t[-1]:
        return f"{reached}, but ends at {above[-1]:.2g}"
    good = away[-1] + 1 if away.size else 0
    return reached if good == arrived[0] else f"{reached}, for good after {good}"


def _batch_sizes(described: Mapping[str, Any]) -> tuple[int, int]:
    """The smallest and the largest batch: none where there are no samples, all of them where nothing is drawn."""
    samples = len(described.get("X", []))
    return (1 if "orders" in described else samples), samples


def _steps(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _one_of(name: str, value: Any, choices: list[str]) -> None:
    if not isinstance(value, str) or value not in choices:
        raise traitlets.TraitError(f"{name} must be one of {choices}, got {shown(value)}")


def _check_scales(scales: Any, names: set[str]) -> None:
    if not isinstance(scales, Mapping):
        raise TypeError(f'scales must be such as {{"alpha": log_scale(0.001, 1)}}, got {shown(scales)}')
    for name, scale in scales.items():
        if name not in names:
            raise ValueError(f"scales must be for hyperparameters of these rules, got {name}")
        if not isinstance(scale, Scale):
            raise TypeError(f"scales must be made by linear_scale, log_scale or decay_scale, got {shown(scale)}")
        check(name, scale.low), check(name, scale.high)  # a slider offers nothing that its rule refuses


def _values(rule: Rule) -> dict[str, Any]:
    """A rule as the traits know it: its name and its hyperparameters."""
    if not isinstance(rule, Rule):
        raise TypeError(f"rules must be rules with their hyperparameters, such as Adam(), got {shown(rule)}")
    values = values_of(rule)
    for name, value in values.items():
        if np.ndim(value) or not np.isfinite(value):
            raise ValueError(f"{name} must be one number in a lab, and finite, got {shown(value)}")
    return {"rule": of_rule.name_of(type(rule))} | values
