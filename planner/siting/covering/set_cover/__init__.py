"""Set covering: the fewest or cheapest sites that cover all demand, a share of it, or a share of every group's."""
