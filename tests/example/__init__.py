"""The example product and its leaky copy, on a real server."""
