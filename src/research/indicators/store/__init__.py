"""Observations with their whole history, as files or on a server that several people share."""
