"""What Word and PDF have in common: the book's facts, its chapters on paper, its tables."""
