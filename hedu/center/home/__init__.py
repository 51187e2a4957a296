"""Where a person begins: their metrics, what moved, what waits for them."""
