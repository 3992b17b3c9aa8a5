"""Simulated series: as many as wanted, of all seasons and kinds, and clean of every test set.

A block holds series of one season and length; kinds of series are mixed within it. What is
drawn depends on the generator that is passed in alone.
"""

VERSION = 1
"""Changes whenever the same seed no longer gives the same series."""
