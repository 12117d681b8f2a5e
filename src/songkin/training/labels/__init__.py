"""Learning labels from lyrics: what is predicted (targets), how well (judging), and the figures of both."""
