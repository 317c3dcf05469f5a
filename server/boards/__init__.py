"""Display boards: where paper hangs in the town."""
