"""The network: what it reads, its layers, and how batches are cut."""
