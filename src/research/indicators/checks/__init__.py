"""All faults of a project's data at once, from one cell to two files that disagree."""
