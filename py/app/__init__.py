"""The app's logic: invite, chat, send files, call, present. Nothing here touches `js`.

A folder for each capability, with the ports that it needs of the page. `faults` has the texts for
errors, `tasks` the owner of the page's tasks, `units` the formatting of sizes and times.
"""
