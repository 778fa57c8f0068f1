"""What ALTER says of each kind of object; creating and dropping are `catalog/ddl`'s and `diff/drops`'s."""
