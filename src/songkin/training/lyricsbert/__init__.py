"""A re-run of LyricsBERT: two architectures over a sweep of learning rates, how far songs lie apart, and the report.

Xu, Kim, Zheng and Wen, "LyricsBERT", poster, MIT 2023 [xu2023lyricsbert].
"""
