"""Print jobs: what takes longer than a page may, made by the render worker, followed and fetched by who asked for it."""
