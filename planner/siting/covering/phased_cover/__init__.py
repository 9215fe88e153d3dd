"""Maximal covering over phases: what to open first."""
