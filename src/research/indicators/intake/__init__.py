"""Filled forms and foreign tables in: looked at whole before anything is taken."""
