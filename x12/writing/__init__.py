"""Typed objects to bytes: :func:`x12.write`."""
