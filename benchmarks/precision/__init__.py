"""What is said of schemas that are right, and of schemas that are not, beside other tools."""
