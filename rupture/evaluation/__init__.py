"""Measuring: run, score, compare and report. Running writes predictions; scoring reads them; metrics know only numbers."""
