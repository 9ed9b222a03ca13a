"""The lab: the interactive figure of every chapter."""

from descent.lab.objectives import *
from descent.lab.recording import *
from descent.lab.scales import *
from descent.lab.widget import *

# Named here, since this room's own module `rules` must not hide descent.rules.
__all__ = ["Lab", "Recording", "Regression", "decay_scale", "linear_scale", "log_scale"]
