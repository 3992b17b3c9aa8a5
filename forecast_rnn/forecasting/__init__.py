"""Forecasts that need no training: of a prior, of baselines, and their mean."""
