"""Limits of Loihi 2 and the models built on them: memory, number formats, cost and energy."""
