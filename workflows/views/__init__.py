"""The pages of flows and their runs, under /design/flows/."""
