"""What every room stands on: settings, clock, database, errors, secrets, files, words. No feature, no HTTP."""
