"""What people do on the page: invite, chat, send files, call, present. Nothing here touches `js`.

A folder a capability, each with the ports that it needs of the page. `faults` has what the page
says when something goes wrong, `tasks` who owns what runs, `units` how sizes and times are written.
"""
