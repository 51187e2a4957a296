"""The company -> the files of one source system each, with that system's own habits."""
