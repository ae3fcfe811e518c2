"""What others would train on the same data and layers. PyTorch is imported here alone."""
