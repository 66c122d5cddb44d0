"""What every room stands on: faults, the scope of a command (project, edition, data), fonts, tables on disk."""
