"""From SQL files to statements with places."""
