"""The email ledger: what is to leave, what left, what was refused, what may have left twice."""
