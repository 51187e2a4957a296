"""Pages of the explorer, of saved views and of boards."""
