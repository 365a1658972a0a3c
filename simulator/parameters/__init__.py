"""Parameter files: every number with its unit, its range, and a source or the word assumption."""
