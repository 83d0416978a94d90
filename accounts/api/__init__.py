"""People, groups, places, roles and tokens over REST."""
