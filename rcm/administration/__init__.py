"""Administration: people, the audit record, and how the product itself is doing."""
