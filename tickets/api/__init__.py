"""What all kinds of ticket share over REST: representation, transitions, sub-resources."""
