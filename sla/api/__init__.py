"""SLA clocks over REST."""
