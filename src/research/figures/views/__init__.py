"""The views that notebooks open, one theme a view."""
