"""What this year's book says beyond its notebooks: the stage, summaries, appendices, portraits on one page."""
