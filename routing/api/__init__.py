"""Assignment rules and the priority matrix over REST."""
