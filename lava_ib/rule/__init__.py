"""The mathematics of the rule, once, as functions of arrays.

Nothing here knows Lava: every ProcessModel, compiled kernel and test calls these.
"""
