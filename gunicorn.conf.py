"""How gunicorn serves the application wherever it is started in this folder; docs/operations.md says why."""

# A thread goes on with other requests while one waits for the database or sends a file.
worker_class = "gthread"
threads = 4
# A kept connection binds its browser to one process, however busy that is while another has nothing to do.
# Hanging up after each answer lets every request go to the process that is free.
keepalive = 0
