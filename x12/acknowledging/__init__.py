"""TA1 and 999: make them for what was received, lay them onto what was sent."""
