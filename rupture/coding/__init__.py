"""Coded sessions: transcripts with reference codes, for training, evaluation and practice."""
