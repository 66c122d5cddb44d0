"""How good the data is, and the answer to those who sent it."""
