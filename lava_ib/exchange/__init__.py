"""Trained networks in other people's formats: one file a format, and no Lava in any of them."""
