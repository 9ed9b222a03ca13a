"""Optimising gradient descent: update rules that read like their equations, and what walks them downhill."""

from descent import conventions as conventions
from descent.coursework import *
from descent.datasets import *
from descent.figures import *
from descent.lab import *
from descent.models import *
from descent.network import *
from descent.path import *
from descent.render import *
from descent.rules import *
from descent.schedules import *
from descent.sliders import *
from descent.sources import *
from descent.surfaces import *
