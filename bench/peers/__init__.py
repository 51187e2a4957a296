"""The same questions put to other semantic layers, on the same storage in the same run."""
