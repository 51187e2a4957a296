"""The company -> what is wrong with it, and what only looks wrong. Benchmarks read this; the product never does."""

from hedu.demo.truth.records import facts, records

__all__ = ["facts", "records"]
