"""The only rooms of the library that import `js` and `pyodide`.

`page` fills `ports.Browser`; `broker`, `channel` and `call` wrap PeerJS's Peer, DataConnection and
MediaConnection. Names in JavaScript's spelling stay in here.
"""
