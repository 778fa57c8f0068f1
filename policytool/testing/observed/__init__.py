"""The access matrix as a server shows it: worlds of rows and people, probes, leaks."""
