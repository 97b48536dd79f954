"""How the page looks, and what is done with it: the folders of `app/`, over `bridge/`."""
