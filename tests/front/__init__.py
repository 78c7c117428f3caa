"""What stands before Flask."""
