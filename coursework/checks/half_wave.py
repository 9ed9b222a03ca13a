"""The cosine schedule: the rate at steps t = 1, 2, …, and past its end."""

import math

from grader import Bug

asks = "half_wave"


def case(rng):
    """Well past the end, where schedules part."""
    alpha = float(rng.uniform(0.1, 1))
    steps = int(rng.integers(20, 40))
    return {
        "times": list(range(1, 3 * steps)),
        "alpha": alpha,
        "steps": steps,
        "floor": float(alpha * rng.uniform(0.05, 0.3)),
    }


def run(half_wave, times, **parts):
    """The student's rates."""
    return [half_wave(t, **parts) for t in times]


def variation(done=lambda t, steps: min((t - 1) / steps, 1), turn=math.pi, lowered=True, half=True, cut=False):
    """The cosine, right by default; each argument makes one mistake."""

    def half_wave(t, alpha, steps, floor):
        wave = (1 + math.cos(turn * done(t, steps))) / (2 if half else 1)
        return max(floor, alpha * wave) if cut else floor + (alpha - floor if lowered else alpha) * wave

    return half_wave


right = variation()
bugs = [
    Bug(
        variation(lambda t, steps: min(t / steps, 1)),
        "one step ahead",
        "The wave is one step ahead: at t = 1 nothing lies behind, and the rate is α. Put t − 1 where t is.",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        variation(lambda t, steps: min((t - 1) / (steps - 1), 1)),
        "one step short",
        "The wave is one step short: it reaches the floor at step `steps`. That is a form of its own; here the floor "
        "is reached when `steps` steps lie behind, at t = steps + 1.",
        "16-schedules.html#schedules-shapes",
        worth=0.75,
    ),
    Bug(
        variation(lambda t, steps: (t - 1) / steps),
        "climbs past the end",
        "Past its end the wave climbs again, as a library's does. It should stay at the floor: let (t − 1)/steps be "
        "at most 1.",
        "16-schedules.html#schedules-libraries",
    ),
    Bug(
        variation(lambda t, steps: (t - 1) % steps / steps),
        "restarts",
        "Past its end the schedule starts anew from α: warm restarts. This one stays at the floor.",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        variation(turn=2 * math.pi),
        "a whole wave",
        "The cosine goes through a whole wave, down and up again. Half a wave ends at the angle π.",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        variation(half=False),
        "twice as high",
        "1 + cos goes from 2 down to 0, so the schedule starts too high. Halve it: at t = 1 the rate is α.",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        variation(lowered=False),
        "floor on top",
        "The floor is added to the whole wave, which then starts at α + floor. The wave has the height α − floor.",
        "16-schedules.html#schedules-shapes",
    ),
    Bug(
        variation(cut=True),
        "cut at the floor",
        "The wave goes down to zero and is cut off at the floor. It should be squeezed between α and the floor: "
        "floor + (α − floor) times the half wave.",
        "16-schedules.html#schedules-shapes",
    ),
]
