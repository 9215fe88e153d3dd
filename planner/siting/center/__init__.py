"""Least worst travel."""
