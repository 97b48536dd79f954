"""The only modules of the page that import `js`, `pyodide` and `pyscript`."""
