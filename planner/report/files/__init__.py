"""A module a kind of file: how what the report says looks in it."""
