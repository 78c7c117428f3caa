"""The comments blueprint."""
