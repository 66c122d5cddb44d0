"""What the sources say: settings, chapters and notebooks, written out as one markdown text a chapter."""
