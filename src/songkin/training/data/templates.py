"""The ways people ask, as templates: a table for what a song has, is, or sounds like, and for what it must not have."""

from __future__ import annotations

__all__ = ["DENIALS", "HAS", "IS", "SENTENCE", "TAGS"]

HAS = (
    "I'm looking for a song with {text}",
    "Can you find me something with {text}?",
    "looking for {text}",
    "any tracks that have {text}?",
    "Show me music featuring {text}.",
    "I'd like to hear {text}",
    "what songs have {text}",
    "Recommend something where you can hear {text}",
    "I need a track with {text} for a project",
    "does anybody know a tune with {text}?",
    "play {text}",
    "I want {text}",
    "Find music built around {text}.",
    "do you have anything that features {text}",
    "{text}, please",
    "Suggest a few pieces with {text}",
)
IS = (
    "I'm looking for {text}",
    "Can you play me {text}?",
    "something that is {text}",
    "I want to listen to something {text}",
    "Could you recommend music that's {text}?",
    "find me {text}",
    "Show me songs that are {text}.",
    "I need something {text}",
    "got anything {text}?",
    "any songs like this: {text}",
    "Suggest {text} for me",
    "what would you play if I said {text}?",
    "music, {text}",
    "{text} please",
)
SENTENCE = (
    "I'm looking for music where {text}",
    "a song like this: {text}",
    "Recommend me a track in which {text}.",
    "what was that one... {text}",
    "Can you find something where {text}?",
    "looking for something like: {text}",
    "I remember that {text}. Which song is it?",
    "I want this: {text}",
    "songs where {text}",
    "find me a piece in which {text}",
)
TAGS = (
    "I'm in the mood for {tags}",
    "looking for {tags}",
    "Can you recommend something with {tags}?",
    "give me {tags}",
    "music that says {tags}",
    "I need {tags} for a video",
    "songs: {tags}",
    "Do you know any tracks that combine {tags}?",
    "something like {tags} would be great",
    "a playlist of {tags}",
    "I'd love to find {tags}",
    "who makes music with {tags}?",
    "{tags}",
    "{tags}, any ideas?",
)
DENIALS = (
    ", no {lacking}",
    ", but no {lacking}",
    ", without {lacking}",
    ". No {lacking}, please",
    ". Please no {lacking}.",
    " but not {lacking}",
    ", anything but {lacking}",
    ". I don't want {lacking}",
    ", free of {lacking}",
    ". Nothing with {lacking}",
    ". It should not have {lacking}.",
    ", minus the {lacking}",
    " (no {lacking})",
    ", and leave out the {lacking}",
)
