"""Registers that a centre keeps by hand: what columns each has, and what its rows must hold to."""
