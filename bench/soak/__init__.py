"""Tens of thousands of questions nobody chose: none may break anything, none may leave anything behind."""
