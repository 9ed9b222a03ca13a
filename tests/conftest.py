"""Settings for all tests: the same examples on every machine and every run."""

from hypothesis import settings

settings.register_profile("book", max_examples=25, deadline=None, derandomize=True, database=None)
settings.load_profile("book")
