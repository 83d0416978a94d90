"""Configuration items over REST."""
