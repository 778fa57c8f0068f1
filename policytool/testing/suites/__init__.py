"""What a policy test file says: its form, its reader, its schema."""
