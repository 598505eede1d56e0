"""What `tests.killing` forks its processes from: Django and the pipeline, loaded once."""

from importlib import import_module

import django

django.setup()
for name in ("rcm.pipeline", "simulator.sandbox.gateway"):
    import_module(name)
