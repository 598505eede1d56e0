"""The design system: template tags, charts, navigation. `docs/design.md` shows how to use it."""
