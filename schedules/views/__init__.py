"""The pages of calendars and rotas."""
