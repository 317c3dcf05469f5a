"""What the town hall prints: values in, PDF or pictures out. Knows no database and no web."""
