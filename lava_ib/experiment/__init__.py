"""Experiments: config, data, training, supervision, checkpoints, controls, report."""
