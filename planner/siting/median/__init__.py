"""Least travel in all."""
