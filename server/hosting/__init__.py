"""The room of who runs the instance: every town in one table, opened, limited, suspended; no resident is seen here."""
