"""Rows for tables: given columns and references are kept, parents and the rest are made up."""

from policytool.postgres.seeding.cover import World, choices, cover, handle_of
from policytool.postgres.seeding.model import Harvest, Planted, Ref, Wanted
from policytool.postgres.seeding.plant import plant

__all__ = ["Harvest", "Planted", "Ref", "Wanted", "World", "choices", "cover", "handle_of", "plant"]
