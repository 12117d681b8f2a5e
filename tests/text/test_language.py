from __future__ import annotations

import subprocess
import sys

from songkin.text.language import Guess, detect

CAROL = """Stille Nacht! Heilige Nacht!
Alles schläft; einsam wacht
Nur das traute hochheilige Paar"""
ROUND = """[Refrain]
Frère Jacques, dormez-vous?
Sonnez les matines, à la claire fontaine"""
HYMN = """Amazing grace! how sweet the sound
That saved a wretch like me"""


def test_lyrics_are_known_by_their_language() -> None:
    assert detect(HYMN).language == "en"
    assert detect(CAROL).language == "de"
    assert detect(ROUND).language == "fr"
    assert detect("さくら さくら やよいの空は 見わたす限り").language == "ja"


def test_too_little_text_has_no_language() -> None:
    assert detect("") == detect("[Chorus]") == detect("la la") == Guess(None, 0.0)


def test_an_unsure_guess_names_no_language() -> None:
    guess = detect("na na na na na")
    assert guess.language is None
    assert 0.0 <= guess.confidence < 0.6


def test_the_model_stays_unloaded_until_it_is_asked() -> None:
    code = "import sys, songkin.text; print('py3langid' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
