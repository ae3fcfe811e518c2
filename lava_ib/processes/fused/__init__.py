"""The whole network in one ProcessModel, its loop compiled with numba."""
