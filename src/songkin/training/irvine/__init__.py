"""BERT for the mood of songs and for recommending them: the label rule, topics, three models, clusters, retrieval.

Kelly, Malloy, Moelgaard, Mannem and Rösti, UC Irvine CS 274C, 2021 [kelly2021exploration].
"""
