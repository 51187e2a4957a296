"""Who works where, in which role, and which rows they may see."""
