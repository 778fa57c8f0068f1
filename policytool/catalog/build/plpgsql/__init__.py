"""An interpreter of PL/pgSQL that folds what is certain: blocks, functions and the queries inside them."""
