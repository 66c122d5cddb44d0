"""The book as a Word file."""
