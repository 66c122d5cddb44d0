"""Charts: frames in, figures out."""
