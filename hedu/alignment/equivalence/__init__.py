"""Two definitions -> equal, different with a witness, or unproven after so many tries."""
