"""The instance's own pages: which towns live here, and whether everything is fine."""
