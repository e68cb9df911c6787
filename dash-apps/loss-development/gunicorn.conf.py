"""gunicorn reads this file by itself when it starts in this folder."""

worker_class = "gthread"
workers = 2
threads = 4
# The heavy imports are done once, and their memory is shared by the workers.
preload_app = True
# Longer than the gateway keeps an idle connection, so that it is never closed under a request.
keepalive = 75
timeout = 120
# One socket in the home folder for all apps of the machine, for nothing that is used here.
control_socket_disable = True
