"""Policy tests: who may do what, tried on a throwaway server; and the access matrix as measured."""
