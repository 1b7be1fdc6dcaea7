"""Pages that the books share: articles as XHTML, front matter, lists, names of files and titles of volumes."""
