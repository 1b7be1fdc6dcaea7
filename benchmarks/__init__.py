"""How fast `convert` is, how much memory it takes, and how others do on the same documents in the same run."""
