"""Scene -> conflicts, one file per class: `detect(scene) -> Iterator[Conflict]`, and `VERSION` for the record."""
