"""Sites that hold only so much, bought in units."""
