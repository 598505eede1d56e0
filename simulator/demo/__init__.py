"""The demo clinic: invented people whose visits go through the real pipeline.

Nothing here writes a result: visits are checked in, noted, coded, billed, sent as X12, answered by
the sandbox payers and posted by the same services that people and workers use.
"""
