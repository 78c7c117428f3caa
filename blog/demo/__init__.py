"""The demo newsroom: articles, people and comments as files."""
