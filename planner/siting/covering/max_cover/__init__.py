"""Maximal covering: the most demand that a number of sites or a budget covers; one limit, many, or many weights."""
