"""A customer-support voice agent service over the Realtime API."""
