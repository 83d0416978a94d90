"""What a developer runs: tests, checks, formatting, benchmarks, fault drills (STACK L-2)."""
