"""What must hold, as pure functions: no database, no clock."""
