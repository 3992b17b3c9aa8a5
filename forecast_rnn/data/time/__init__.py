"""Frequencies, time stamps, zones and how times are written."""
