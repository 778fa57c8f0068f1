"""From one catalog to another: what differs, the statements that make it so, and what they do to people and locks."""
