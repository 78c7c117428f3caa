"""What stands before Flask in each server process: pages from memory, bodies read whole."""
