"""Generative pseudo-labelling of song descriptors: sets, negatives, a teacher's margins, and the report of a re-run.

Epure, Meseguer-Brocal, Afchar and Hennequin, NLP4MusA 2024 [epure2024harnessing], after Wang, Thakur, Reimers and
Gurevych, NAACL 2022 [wang2022gpl].
"""
