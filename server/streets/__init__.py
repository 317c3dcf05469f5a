"""Streets door by door: the commune's address file, completion without a network, sides of streets, the walk."""
