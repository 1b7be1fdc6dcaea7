"""Where the test data is.  The real documents are not part of the project: tests that need them say so without them."""

from hypothesis import HealthCheck, Phase, Verbosity, settings

settings.register_profile(
    "project",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    phases=[Phase.explicit, Phase.generate],  # articles shrink for minutes: `--hypothesis-profile=shrink` when needed
    verbosity=Verbosity.quiet,  # and are printed for minutes too
)
settings.register_profile("shrink", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")
