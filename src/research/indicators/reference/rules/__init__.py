"""Rules of the reference tables, one file a kind."""
