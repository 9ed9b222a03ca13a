"""A rule or a surface in other languages: LaTeX to read, JavaScript to run in a page."""

from descent.render.javascript import *
from descent.render.latex import *
