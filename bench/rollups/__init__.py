"""A dashboard of twenty tiles on TPC-H: from rollups, beside its base questions."""
