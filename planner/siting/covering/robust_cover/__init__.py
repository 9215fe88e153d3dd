"""Maximal covering in several scenarios at once."""
