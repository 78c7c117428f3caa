"""What pages read: the only home of `select()`. Nothing here changes a row."""
