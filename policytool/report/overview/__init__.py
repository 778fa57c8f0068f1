"""The report for people who were not there: what the database lets whom do, and what is wrong with it."""
