"""Run the rules over every subject of a catalog."""
