"""The demo company scanned for conflicts, and what was found held against what is true of it."""
