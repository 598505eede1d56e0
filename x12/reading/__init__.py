"""Bytes to typed objects and positioned errors: :func:`x12.read` and :func:`x12.stream`."""
