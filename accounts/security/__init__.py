"""What people see of their own credentials: tokens, sessions, second factors."""
