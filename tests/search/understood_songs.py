"""An invented library of known names for tests of understanding; its lyrics, tags and numbers are made up."""

from __future__ import annotations

from songkin.types import Lyrics, Song

NAMES = """
Queen|We Are the Champions|1977|Rock|0.6
Queen|Bohemian Rhapsody|1975|Rock|0.3
Queen|Don't Stop Me Now|1978|Rock|0.8
Enya|Orinoco Flow|1988|New Age|0.5
Enya|Only Time|2000|New Age|0.3
ABBA|Dancing Queen|1976|Pop|0.9
ABBA|Mamma Mia|1975|Pop|0.8
Nina Simone|Feeling Good|1965|Jazz|0.5
Nina Simone|I Put a Spell on You|1965|Jazz|0.3
Adele|Hello|2015|Pop|0.2
Adele|Someone Like You|2011|Pop|0.2
Oasis|Wonderwall|1995|Indie Rock|0.4
Ryan Adams|Wonderwall|2003|Alternative Country|0.3
Radiohead|Creep|1992|Alternative Rock|0.1
Radiohead|No Surprises|1997|Alternative Rock|0.1
Bob Marley & The Wailers|No Woman, No Cry|1974|Reggae|0.5
Bob Marley & The Wailers|Three Little Birds|1977|Reggae|0.8
Bill Withers|Ain't No Sunshine|1971|Soul|0.3
Journey|Don't Stop Believin'|1981|Rock|0.6
The Rolling Stones|(I Can't Get No) Satisfaction|1965|Rock|0.7
The Rolling Stones|Paint It Black|1966|Rock|0.4
John Denver|Take Me Home, Country Roads|1971|Country|0.8
Kacey Musgraves|Slow Burn|2018|Contemporary Country|0.5
Johnny Cash|Hurt|2002|Country|0.1
Madonna|Like a Virgin|1984|Dance Pop|0.8
Madonna|Like a Prayer|1989|Dance Pop|0.7
Beyoncé|Halo|2008|R&B|0.6
The Beatles|Yesterday|1965|Pop|0.3
The Beatles|Hey Jude|1968|Pop|0.5
The Beatles|Here Comes the Sun - Remastered 2009|1969|Pop|0.7
Simon & Garfunkel|The Sound of Silence|1964|Folk|0.2
Daft Punk|One More Time|2000|Electronic|0.9
Daft Punk|Get Lucky|2013|Electronic|0.9
Eminem|Lose Yourself|2002|Hip-Hop/Rap|0.3
2Pac|California Love|1995|Hip-Hop/Rap|0.7
AC/DC|Back in Black|1980|Hard Rock|0.6
Metallica|Nothing Else Matters|1991|Heavy Metal|0.2
Sigur Rós|Hoppípolla|2005|Post-Rock|0.5
Train|Drops of Jupiter|2001|Pop Rock|0.5
Heart|Alone|1987|Rock|0.2
Kiss|I Was Made for Lovin' You|1979|Rock|0.8
Shakira|Ojos así|1998|Latin Pop|0.8
Rosalía|Malamente|2018|Latin Pop|0.5
Nena|99 Luftballons|1983|Pop|0.7
Édith Piaf|La vie en rose|1947|Chanson|0.5
Björk|Hyperballad|1995|Electronic|0.4
Mariah Carey|All I Want for Christmas Is You|1994|Pop|0.9
The Smashing Pumpkins|1979|1996|Alternative Rock|0.5
Prince|1999|1982|Funk|0.9
Taylor Swift|Shake It Off|2014|Pop|0.9
Miles Davis|So What|1959|Jazz|0.4
Aphex Twin|Xtal|1992|Electronic|0.3
Fleetwood Mac|Dreams|1977|Rock|0.7
The Cranberries|Dreams|1992|Rock|0.6
Kino|Группа крови|1988|Rock|0.4
宇多田ヒカル|First Love|1999|J-Pop|0.3
Earth, Wind & Fire|September|1978|Funk|0.9
Britney Spears|Toxic|2003|Dance Pop|0.7
Coldplay|The Scientist|2002|Alternative Rock|0.2
Nirvana|Come as You Are|1991|Grunge|0.5
"""
LANGUAGE = {"Shakira": "es", "Rosalía": "es", "Nena": "de", "Édith Piaf": "fr", "Kino": "ru", "宇多田ヒカル": "ja"}
WOMEN = ("Enya", "ABBA", "Nina Simone", "Adele", "Kacey Musgraves", "Madonna", "Beyoncé", "Shakira", "Rosalía", "Nena",
         "Édith Piaf", "Björk", "Mariah Carey", "Taylor Swift", "Britney Spears", "Heart")  # fmt: skip
UNSUNG = ("Miles Davis", "Aphex Twin")
TAGS = {
    "Queen": ("male vocal", "anthemic", "electric guitar"),
    "Enya": ("female vocal", "choir", "no percussion", "synth pad"),
    "Miles Davis": ("instrumental", "trumpet", "no vocals"),
    "Aphex Twin": ("instrumental", "ambient", "drum machine"),
    "Radiohead": ("melancholic", "male vocal"),
    "Eminem": ("rap", "male vocal", "drums"),
    "AC/DC": ("drums", "electric guitar", "loud"),
    "Metallica": ("drums", "heavy"),
    "Mariah Carey": ("christmas", "female vocal"),
    "Simon & Garfunkel": ("duet", "acoustic guitar"),
}


def _song(number: int, line: str) -> Song:
    artist, title, year, genre, valence = line.split("|")
    sung = None if artist in UNSUNG else Lyrics("la la", language=LANGUAGE.get(artist, "en"))
    tags = dict.fromkeys(TAGS.get(artist, ("female vocal",) if artist in WOMEN else ()), 1.0)
    return Song(
        f"s{number:02}",
        title,
        (artist,),
        year=int(year),
        duration_s=180.0 + 4 * number,
        language=None if artist in UNSUNG else LANGUAGE.get(artist, "en"),
        explicit=artist in ("Eminem", "2Pac"),
        genres=(genre,),
        tags=tags,
        features={"valence": float(valence), "energy": float(valence), "tempo_bpm": 80.0 + number, "danceability": 0.5},
        lyrics=sung if sung else Lyrics(instrumental=True),
    )


SONGS = tuple(_song(number, line) for number, line in enumerate(NAMES.strip().splitlines(), 1))
"""Sixty songs, all of whose fields are known."""
