"""A server of files on this machine alone, for `convert serve`: it reads one folder or one file, and writes nothing."""
