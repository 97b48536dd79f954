"""What people do on the page: invite, talk, send files, call. It never touches the browser itself.

`people` and `contact` hold who is connected, `chat`, `files` and `calls` what is done with them;
`messages` are the words that two pages exchange, `invite` the link that brings them together,
`faults` what the page says when something goes wrong. `ports` is what all of it needs of the page.
"""
