"""Properties are checked on the same examples in every run, however long one takes."""

from hypothesis import settings

settings.register_profile("lava_ib", deadline=None, derandomize=True)
settings.load_profile("lava_ib")
