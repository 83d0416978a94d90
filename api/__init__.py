"""The REST API as a whole: root, addresses, description."""
