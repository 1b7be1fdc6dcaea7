"""Reader of posts with front matter: what Jekyll, Hugo, Hexo, Zola, Pelican and Obsidian make sites and notes of.

`front.py` reads the front matter of any of them, `fields.py` has the table from its keys to the model, `head.py` reads
first lines such as 来源：, `blocks.py` makes quotes of boxes, `template.py` expands template code, `body.py` reads
Markdown with HTML in it.
"""

DIALECT = "post"
"""Value of `source.dialect`."""
