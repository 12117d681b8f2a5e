"""Work past one process and past one machine: Ray jobs and shards over Library. Nothing here is imported by default."""
