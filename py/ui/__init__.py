"""The page's panels, in the same folders as `app/`, over `bridge/`."""
