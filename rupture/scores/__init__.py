"""The scores of many sessions as a Parquet data set, written by this process or by a Ray cluster.

`tables.py` says what stands in a row, `dataset.py` what counts as done, `inputs.py` which sessions there are. Parquet, file
systems and Ray come with the extra `ray`. Nothing here knows a screen or a command line.
"""
