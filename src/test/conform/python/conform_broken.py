def cannot be loaded
