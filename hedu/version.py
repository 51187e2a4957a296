"""The version, read by the build and by every door."""

__version__ = "0.1.0"
