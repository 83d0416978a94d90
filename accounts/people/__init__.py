"""The people of the company as who edits them sees them, and switching a person off and on."""
