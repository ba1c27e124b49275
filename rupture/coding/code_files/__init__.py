"""Files in which coders hand in their codes: one file a format, and one table of them in `reading`."""
