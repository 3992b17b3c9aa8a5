"""From trained networks to forecasts."""
