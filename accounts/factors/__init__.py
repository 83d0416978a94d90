"""Second factors: an app with codes, passkeys, recovery codes (SECURITY SE-4), kept by allauth's tables."""
