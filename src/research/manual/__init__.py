"""The manual's made part: reference pages and pictures."""
