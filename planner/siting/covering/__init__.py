"""Covering demand: the most of it with what there is, or all that is asked with the least; a model a folder."""
