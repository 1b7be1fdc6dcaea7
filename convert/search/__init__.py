"""Search index of a static site: shards that a page loads as scripts, also from file://.

Workers make the tokens of each article (`tokens`); `index` merges them on disk; `postings` and `shards` encode them.
The program that searches in the browser is `convert/writers/site/engine.js`.
"""
