"""Benchmarks: each module has ``run(*, json: bool) -> dict`` and is called by ``manage.py bench``.

``run`` returns figures that can be dumped as JSON; ``checks`` in it names what must hold, each with
``value``, ``limit`` and ``passed``.  Without ``json`` it may print what it is doing.
"""
