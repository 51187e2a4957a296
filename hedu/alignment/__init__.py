"""Model + results + targets -> Conflict with evidence: one file per class of conflict."""
