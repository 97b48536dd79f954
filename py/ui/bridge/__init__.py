"""The only rooms of the page that import `js`, `pyodide` and `pyscript`."""
