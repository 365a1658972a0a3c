"""Households sampled from a region's parameters; one file a subject."""

from simulator.population.homes import Population, sample

__all__ = ["Population", "sample"]
