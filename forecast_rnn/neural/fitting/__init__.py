"""From series to trained networks."""
