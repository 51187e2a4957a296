"""Questions people keep, and the boards they lay them out on."""
