"""What protects people: hardening at start-up, the risk notice, and checks on where a chat model lives."""
