"""Text → Document → web, mail, plain text, print data; typography and lint. Pure: no database, no HTTP."""
