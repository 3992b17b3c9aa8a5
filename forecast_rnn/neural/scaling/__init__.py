"""Windows and values on the scale that the network sees."""
