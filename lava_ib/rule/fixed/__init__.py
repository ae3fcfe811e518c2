"""Integer arithmetic of the rule, as Loihi's learning engine has it in Lava's simulation."""
