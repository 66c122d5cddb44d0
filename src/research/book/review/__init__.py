"""A Word file that came back from its reviewers: what they changed and said, and where it belongs in the sources."""
