"""One case as one file: packed, checked, verified and listed."""
