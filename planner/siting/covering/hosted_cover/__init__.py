"""Maximal covering where options share a host, its opening cost and its room."""
