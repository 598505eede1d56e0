"""Patients, coverage and visits that come as files from other systems.

`fhir` and `hl7v2` read a file into `incoming` values and know nothing of the database; `store`
puts them into it, one file at a time and all or nothing.
"""
