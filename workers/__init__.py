"""What runs beside the web: the mail worker, the clock, and the ways out for mail."""
