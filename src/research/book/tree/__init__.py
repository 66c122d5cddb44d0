"""One tree a chapter: read by pandoc, brought to few shapes, numbered, its references resolved."""
