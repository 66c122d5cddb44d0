"""An intruder with what was published: reads files as anyone can, and tries to undo what protects the households."""
