"""Benchmarks: what the product promises about speed, measured beside the best that can be done by hand."""
