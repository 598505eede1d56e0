"""A clinic and its payers that do not exist: simulated payers, the demo, the benchmarks."""
