"""HTTP glue: tenancy, sessions, forms, templates, headers, errors. It knows no feature."""
