"""Limits of Loihi 2, models built on them, and the network of Loihi-compatible Processes."""
