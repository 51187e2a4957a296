"""Pages and JSON of the catalog."""
