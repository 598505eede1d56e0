"""How the product runs on a machine: servers, processes, logs, health."""
