"""How a browser's callbacks become `await` and `async for`."""
