"""Goals and targets as arithmetic: status, phasing, roll-up, forecast, feasibility. Pure: numbers in, numbers out."""
