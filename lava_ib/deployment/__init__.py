"""From a run, a file or a Lava Process to the chip: what is placed, run and packed."""
