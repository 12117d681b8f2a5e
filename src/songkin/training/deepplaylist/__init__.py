"""Predicting song similarity from words, sound, and both, run again: Langevin, Annanya and Zhang 2025
[langevin2025similarity], after Balakrishnan and Dixit's DeepPlaylist of 2016 [balakrishnan2016deepplaylist]."""
