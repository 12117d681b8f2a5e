"""A re-run of a recommender from lyrics: cleaning, eight genres, tuned encoders, clusters, conditions, and the report.

Bezzam and Vidit, "Music Recommender System Conditioned on Lyrics and Metadata", EPFL 2022 [bezzam2022lyrics].
"""
