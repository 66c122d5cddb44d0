"""The reference tables of a district: what they hold, read and checked."""
