"""The HTTP service: the API under `/api/v1`, the page, players, and what guards them all."""
