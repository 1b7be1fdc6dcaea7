"""Reader of saved web pages of any publisher: decoding, main text, metadata and the walk.

Pages that this program wrote are recognised by `<meta name="generator">` and read by their known structure.
"""
