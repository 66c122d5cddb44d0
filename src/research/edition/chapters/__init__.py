"""What hand-written chapters must have, may say, and take from the plan."""
