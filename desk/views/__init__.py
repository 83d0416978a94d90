"""Pages and fragments of the workspace."""
