"""Result -> Finding: one file per method; it asks follow-up questions through a passed-in `ask`."""
