"""Seed -> a whole company: its source files, its people, and what is wrong with it (truth.json).

Nothing else in the product reads the truth; benchmarks and tests do.
"""
