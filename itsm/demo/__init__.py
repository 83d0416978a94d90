"""The demo company: people, groups, things and tickets, in Korean and English."""
