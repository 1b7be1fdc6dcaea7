"""SET009 dangling-link

## What it finds
A link of an article to another article of a publisher that the archive mirrors, which is not in the archive.  However
the address is written, it is one article.  Told once for each article that is linked to, at its address.

It is asked only where the archive given holds a mirror of that publisher as a whole: all the channels that its index
pages and tables list (see SET003), and more than one.

## Why it matters
In a book the link leads out of it.

## What to do
Nothing, if the mirror never had the article; else fetch it.
"""

from convert.rules.rule import Rule

RULE = Rule("SET009", "dangling-link", "info", __doc__)
