"""Label heads for songkin, as files in `heads`, which `songkin.annotate` reads. CARD.md has their terms."""
