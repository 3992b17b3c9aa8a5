"""The verbs as functions, one file each: what the commands do."""
