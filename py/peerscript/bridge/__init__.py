"""The only modules of the library that import `js` and `pyodide`.

`page` implements `ports.Browser`; `broker`, `channel` and `call` wrap PeerJS's Peer, DataConnection
and MediaConnection. Names in JavaScript's spelling stay in here.
"""
