"""The feeds blueprint."""
