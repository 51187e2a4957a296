"""Goals and targets: the company's goal tree, targets phased over time, check-ins, guardrails, joint feasibility."""
