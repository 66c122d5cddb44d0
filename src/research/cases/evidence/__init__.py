"""Notebooks as evidence: run again, compared, and what they show of an effect."""
