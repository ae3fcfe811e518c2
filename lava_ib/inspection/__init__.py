"""Look at a process graph: any Lava Process, any run config, nothing run."""
