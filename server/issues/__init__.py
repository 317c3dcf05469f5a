"""Issues: numbers of a letter, an ordered choice of notices with an editorial and an agenda."""
