"""Lists of people that other programs wrote: letters, cells, archives, spreadsheets, columns. Pure: no database."""
