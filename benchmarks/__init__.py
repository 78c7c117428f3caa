"""Measurements of how fast the site is, with the data they are made on."""
