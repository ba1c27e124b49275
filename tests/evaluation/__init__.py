"""Tests of `rupture.evaluation`."""
