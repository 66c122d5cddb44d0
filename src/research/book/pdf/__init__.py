"""The book as a PDF, set by typst."""
