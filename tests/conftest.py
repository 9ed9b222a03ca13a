"""Settings for all tests: the same examples on every machine and every run; `make fuzz` looks for new ones."""

from hypothesis import HealthCheck, settings

settings.register_profile("book", max_examples=25, deadline=None, derandomize=True, database=None)
settings.register_profile("fuzz", max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("book")
