"""`tambour demo`: the main job without hands, from a list of residents and some texts to mails, pages and posters."""
