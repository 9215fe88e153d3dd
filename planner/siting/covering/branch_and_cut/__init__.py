"""The proof that covering models share: the linear relaxation, its cuts, and branching on pairs of rows."""
