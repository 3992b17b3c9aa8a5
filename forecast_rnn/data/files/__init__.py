"""From a file to a table of text or values."""
