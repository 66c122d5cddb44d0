"""What every room stands on: the scope of a command (project, edition, data), fonts, tables on disk."""
