// Find songs by words of their title, artist or theme.

import { element, of } from "./map.card.js";

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const SHOWN = 60; // hits in the list; all are marked on the map

// A text without case, accents and signs, for comparing.
export function folded(text) {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/['’`]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

// A text as it is, without case and the marks that say how an emoji is drawn.
function asItIs(text) {
  return String(text)
    .normalize("NFC")
    .replace(/[\ufe0e\ufe0f]/g, "")
    .toLowerCase()
    .trim();
}

export class Index {
  constructor(songs) {
    this.songs = songs;
    this.texts = null;
  }

  // Folded texts, made at the first search: title, artist and themes of every song, each after a new line and a space.
  read() {
    if (this.texts) return this.texts;
    const known = {},
      part = (column, song) => {
        const code = this.songs.columns[column]?.codes[song];
        if (!code) return "";
        known[column] ??= this.songs.columns[column].values.map((value) => folded(String(value)));
        return known[column][code - 1];
      };
    this.texts = Array.from({ length: this.songs.n }, (_, song) => {
      const title = part("title", song) || folded(String(this.songs.name(song)));
      const themes = ["theme_coarse", "theme_medium", "theme_fine"].map((column) => part(column, song));
      return `\n ${title}\n ${part("artist", song)}\n ${themes.join(" ")}`;
    });
    return this.texts;
  }

  // The songs that hold a word that begins with each of the words (anywhere, where scripts have no spaces), those first
  // whose title or artist begins with the text; of mere signs, as `holding`.
  find(text) {
    const asked = folded(text),
      words = asked.split(" ").filter(Boolean);
    const begun = words.map((word) => (UNSPACED.test(word) ? word : ` ${word}`));
    if (!words.length) return this.holding(asItIs(text));
    const ranks = [[], [], []];
    this.read().forEach((own, song) => {
      if (!begun.every((word) => own.includes(word))) return;
      ranks[own.startsWith(`\n ${asked}`) ? 0 : own.includes(`\n ${asked}`) ? 1 : 2].push(song);
    });
    return ranks.flat();
  }

  // The songs whose title or artist holds signs, as emoji, anywhere, those that begin with them first; of none, null.
  holding(signs) {
    if (!signs) return null;
    const { songs } = this,
      ranks = [[], []];
    for (let song = 0; song < songs.n; song++) {
      const own = [asItIs(songs.name(song)), asItIs(songs.at("artist", song) ?? "")];
      if (!own.some((text) => text.includes(signs))) continue;
      ranks[own.some((text) => text.startsWith(signs)) ? 0 : 1].push(song);
    }
    return ranks.flat();
  }
}

// The box that finds as one types: arrows move through the hits, Enter goes to the next one, Escape clears.
export class SearchBox {
  constructor(songs, { onFound, onGo }) {
    Object.assign(this, { songs, onFound, onGo, hits: null, at: -1, index: new Index(songs) });
    [this.input, this.list, this.said] = [of("find"), of("hits"), of("found")];
    let waiting = 0;
    this.input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.search(), 90);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("focus", () => this.open(this.hits !== null && this.hits.length > 0));
    this.input.addEventListener("blur", () => setTimeout(() => this.open(false), 150));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const hit = event.target.closest("[role=option]");
      if (hit) this.go(Number(hit.dataset.at));
    });
  }

  search() {
    this.hits = this.index.find(this.input.value);
    this.at = -1;
    this.list.replaceChildren(...(this.hits ?? []).slice(0, SHOWN).map((song, at) => this.option(song, at)));
    this.input.removeAttribute("aria-activedescendant");
    this.said.hidden = this.hits === null;
    this.said.textContent = this.hits ? said(this.hits.length) : "";
    this.open(this.hits !== null && this.hits.length > 0 && document.activeElement === this.input);
    this.onFound(this.hits);
  }

  option(song, at) {
    const line = element("li");
    line.id = `hit-${at}`;
    line.setAttribute("role", "option");
    line.dataset.at = at;
    line.append(
      element("bdi", this.songs.name(song)),
      " ",
      element("bdi", this.songs.at("artist", song) ?? "", "quiet"),
    );
    return line;
  }

  open(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (event.key === "Escape") {
      this.input.value = "";
      this.search();
    } else if (step) {
      event.preventDefault();
      if (event.key === "Enter" && this.hits === null) this.search();
      if (this.hits?.length)
        this.go((this.at + step + this.hits.length + (this.at < 0 && step < 0 ? 1 : 0)) % this.hits.length);
    }
  }

  go(at) {
    this.list.children[this.at]?.removeAttribute("aria-selected");
    this.at = at;
    const line = this.list.children[at];
    if (line) {
      line.setAttribute("aria-selected", "true");
      line.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", line.id);
    }
    this.said.textContent = `${(at + 1).toLocaleString("en")} of ${said(this.hits.length)}`;
    this.onGo(this.hits[at]);
  }
}

function said(count) {
  return count === 0 ? "nothing found" : count === 1 ? "1 song" : `${count.toLocaleString("en")} songs`;
}
