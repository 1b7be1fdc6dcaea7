"""Search index of a static site: shards that a page loads as scripts, also from file://.

Workers make the tokens of each article (`tokens`); `index` merges them on disk; `postings` and `shards` encode them.
In the browser, `engine.js` searches, and `search.js` shows what it finds (`programs`).
"""
