"""The update rules, in the book's order, each in the form of its paper."""

from descent.rules.adam import *
from descent.rules.adaptive import *
from descent.rules.base import *
from descent.rules.gradient_descent import *
from descent.rules.grid import *
from descent.rules.mixtures import *
from descent.rules.momentum import *
