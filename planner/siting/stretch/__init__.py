"""Several services close together: one of each within one stretch of street."""
