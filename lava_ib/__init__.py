"""Learning with the information bottleneck on Intel's Lava and Loihi 2."""

from lava_ib import compat as compat  # first: makes Lava importable on Python > 3.10

__version__ = "0.1.0"
