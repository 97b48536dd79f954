"""How the page looks and listens: a panel a file, over `bridge/` (elements, files, the page)."""
