"""The system catalogs and the information schema, answered from the catalog under construction."""
