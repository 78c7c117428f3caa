"""What the blueprints share: the htmx protocol, access, errors, headers, filters."""
