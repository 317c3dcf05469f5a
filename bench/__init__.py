"""Measurements: each module prints one line of JSON last. docs/measurements.md keeps what they found."""
