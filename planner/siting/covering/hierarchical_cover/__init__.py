"""Hierarchical covering: sites of several tiers, a higher one offering all that the lower ones offer."""
