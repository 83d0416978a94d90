"""Outside scanners against a private installation on loopback: ``python -m tests.security.scanners --help``."""
