"""Excel forms for departments, townships and households."""
