"""What people know, and how well: assignment rules choose by it."""
