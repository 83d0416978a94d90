"""Outside scanners on a private installation: ``python -m tests.security.scanners --help``."""
