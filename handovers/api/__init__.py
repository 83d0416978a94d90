"""Hand-overs over REST."""
