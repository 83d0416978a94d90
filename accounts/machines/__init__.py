"""Service accounts: programs that act in their own name, and all tokens of the company."""
