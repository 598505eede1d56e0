"""A clearinghouse and four payers that speak X12 only: the other side of every test and demo.

The simulator gets bytes and gives bytes. It knows nothing of the product's tables, has its own fee
schedules and rules (`data/`), its own memory (`store`), and answers the same claims in the same
order with the same files. `docs/sandbox.md` says what provokes which answer.
"""
