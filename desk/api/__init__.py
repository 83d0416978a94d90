"""What the workspace offers over REST."""
