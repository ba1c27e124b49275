"""The coding kit: a blind set of sessions for people to code, and what came back from them as codes in our own form."""
