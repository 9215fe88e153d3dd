"""Maximal covering with a floor for every group."""
