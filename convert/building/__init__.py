"""Building of outputs: survey, plan, render, update; `pipeline.py` is the program on one page."""
