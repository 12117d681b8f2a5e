"""Label heads for songkin, as files in `heads`; `songkin.annotate.shipped_heads` reads them. CARD.md has their terms."""
