"""The siting engine against its peers, on the same instances in one run: ``python -m benchmarks``."""
