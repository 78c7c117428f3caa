"""What people do: one function for each verb. They flush, and never commit or see a request."""
