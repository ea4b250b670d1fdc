"""The worker process: speaks the protocol on descriptors 3 and 4, and runs an author's functions."""
