"""The lab: the interactive figure of every chapter."""

from descent.lab.objectives import *
from descent.lab.recording import *
from descent.lab.scales import *
from descent.lab.widget import *
