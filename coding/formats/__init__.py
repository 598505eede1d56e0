"""The publishers' file formats: bytes in, plain rows out. No database, nothing repaired."""
