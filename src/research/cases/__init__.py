"""The case library: cases, the evidence they stand on, and bundles that a stranger can check and rerun."""
