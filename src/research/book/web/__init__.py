"""The book as a website, as one page, and the numbers behind its figures."""
