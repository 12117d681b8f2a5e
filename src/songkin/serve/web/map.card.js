// What a song is, on a card beside it.

const ROWS = [
  ["year", "Year"],
  ["genre", "Genre"],
  ["mood", "Mood"],
  ["valence", "Valence"],
  ["energy", "Energy"],
  ["language", "Language"],
];

export function of(id) {
  return document.getElementById(id);
}

export function element(kind, text = "", className = "") {
  const made = document.createElement(kind);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

// An element that shows a few lines of a long text, and all of it to who points at it.
function clipped(kind, text, className = "") {
  const made = element(kind, text, className);
  made.title = text;
  return made;
}

// What a song is, in one sentence to be read aloud.
export function spoken(songs, song) {
  const parts = [
    songs.name(song),
    songs.at("artist", song),
    songs.at("year", song),
    songs.at("genre", song),
    songs.theme(song),
  ];
  return parts.filter((part) => part !== null).join(", ");
}

export class Card {
  constructor(songs, { onSelect }) {
    Object.assign(this, { songs, box: of("card"), song: -1, pinned: false });
    this.button = element("button", "", "plain");
    this.button.type = "button";
    this.button.addEventListener("click", () => onSelect(this.song));
  }

  // Show a song at a place of the screen; `others` lie at the very same one. Pinned cards hold a button.
  show(song, px, py, { others = 0, pinned = false, chosen = false, edges }) {
    if (song < 0) return this.hide();
    const fresh = song !== this.song || pinned !== this.pinned || pinned;
    Object.assign(this, { song, pinned });
    if (fresh) this.fill(others, chosen);
    this.box.hidden = false;
    this.box.classList.toggle("pinned", pinned);
    this.put(px, py, edges);
  }

  fill(others, chosen) {
    const { songs, song } = this,
      title = clipped("strong", songs.name(song)),
      rows = element("dl");
    title.dir = "auto";
    this.box.replaceChildren(title);
    if (songs.at("artist", song) !== null) {
      const artist = clipped("span", songs.at("artist", song), "artist");
      artist.dir = "auto";
      this.box.append(artist);
    }
    for (const [column, name] of ROWS) {
      const value = songs.at(column, song);
      if (value === null) continue;
      const shown = clipped("dd", typeof value === "number" && column !== "year" ? value.toFixed(2) : String(value));
      if (songs.guessed(column, song)) shown.append(" ", element("em", "predicted"));
      rows.append(element("dt", name), shown);
    }
    if (songs.theme(song) !== null) rows.append(element("dt", "Theme"), clipped("dd", String(songs.theme(song))));
    this.box.append(rows);
    if (songs.at("outlier", song) === 1) this.box.append(element("span", "Stands apart from all themes", "quiet"));
    if (others) this.box.append(element("span", `and ${others.toLocaleString("en")} more at this very place`, "quiet"));
    this.button.textContent = chosen ? "Take out of the selection" : "Add to the selection";
    if (this.pinned) this.box.append(this.button);
  }

  // Beside the place, on the side that has room.
  put(px, py, edges) {
    const { offsetWidth: wide, offsetHeight: tall } = this.box,
      right = innerWidth - edges.right,
      low = innerHeight - edges.bottom;
    const left = px + 16 + wide < right ? px + 16 : px - 16 - wide;
    const top = py + 16 + tall < low ? py + 16 : py - 16 - tall;
    this.box.style.left = `${Math.max(8, Math.min(left, innerWidth - wide - 8))}px`;
    this.box.style.top = `${Math.max(8, Math.min(top, innerHeight - tall - 8))}px`;
  }

  hide() {
    Object.assign(this, { song: -1, pinned: false });
    this.box.hidden = true;
  }
}
