"""The town's first page, and what it says of itself: accessibility, personal data."""
