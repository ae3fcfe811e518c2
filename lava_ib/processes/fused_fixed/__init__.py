"""The whole network in one ProcessModel of compiled integers, equal bit for bit to ``fixed``."""
