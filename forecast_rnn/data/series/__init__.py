"""Rows sorted into series, and how far apart they are."""
