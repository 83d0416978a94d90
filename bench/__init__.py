"""Benchmarks: every verdict is a ratio to a bare reference measured in the same run."""
