"""Other services that the platform calls: how to reach them, with which credentials, and what was said."""
