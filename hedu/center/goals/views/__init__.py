"""Pages of goals, the scorecard and targets."""
