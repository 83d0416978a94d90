"""The catalogue and its orders over REST."""
