"""How gunicorn serves the application wherever it is started in this folder; docs/operations.md says why."""

# Threads keep browsers' and the proxy's connections open, which a plain worker closes after each answer, and
# go on with other requests while one waits for the database or sends a file.
worker_class = "gthread"
threads = 4
keepalive = 15
