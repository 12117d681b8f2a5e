// The songs that are selected: a list, and a file of it.

import { element, of } from "./map.card.js";
import { FORMATS, caution, fileName } from "./map.playlists.js";

const PAGE = 200; // songs the list shows at once

export class Chosen {
  constructor(songs, { onChange, onGo }) {
    Object.assign(this, { songs, onChange, onGo, has: new Uint8Array(songs.n), order: [], shown: PAGE });
    Object.assign(this, { box: of("chosen"), title: of("chosen-title"), list: of("list"), rest: of("more") });
    Object.assign(this, { name: of("name"), format: of("format"), said: of("saving") });
    this.format.replaceChildren(...Object.entries(FORMATS).map(([key, { name }]) => new Option(name, key)));
    if (songs.has("audio")) this.format.value = "m3u8";
    this.format.addEventListener("change", () => this.warn());
    of("drop").addEventListener("click", () => this.set([]));
    of("save").addEventListener("click", () => this.save());
    this.rest.addEventListener("click", () => {
      this.shown += PAGE;
      this.fill();
    });
    this.list.addEventListener("click", (event) => this.clicked(event.target.closest("button")));
  }

  clicked(button) {
    const song = button ? Number(button.dataset.song) : -1;
    if (button?.className === "out") this.toggle(song);
    else if (button) this.onGo(song);
  }

  // Select these songs, or these too.
  set(songs, { add = false } = {}) {
    if (!add) {
      this.has.fill(0);
      this.order = [];
      this.shown = PAGE;
    }
    for (const song of songs) {
      if (!this.has[song]) this.order.push(song);
      this.has[song] = 1;
    }
    this.changed();
  }

  toggle(song) {
    if (!this.has[song]) return this.set([song], { add: true });
    this.has[song] = 0;
    this.order.splice(this.order.indexOf(song), 1);
    this.changed();
  }

  changed() {
    this.fill();
    this.onChange(this.order);
  }

  get counted() {
    return this.order.length === 1 ? "1 song" : `${this.order.length.toLocaleString("en")} songs`;
  }

  fill() {
    this.box.hidden = !this.order.length;
    this.title.textContent = `${this.counted} selected`;
    this.list.replaceChildren(...this.order.slice(0, this.shown).map((song) => this.line(song)));
    this.rest.hidden = this.order.length <= this.shown;
    this.rest.textContent = `Show more (${(this.order.length - this.shown).toLocaleString("en")} left)`;
    this.warn();
  }

  line(song) {
    const line = element("li"),
      go = element("button", "", "go"),
      out = element("button", "×", "out");
    const title = element("bdi", this.songs.name(song)),
      artist = element("bdi", this.songs.at("artist", song) ?? "", "quiet");
    go.append(title, " ", artist);
    go.title = "Show on the map";
    out.setAttribute("aria-label", `Take out ${this.songs.name(song)}`);
    for (const button of [go, out]) {
      button.type = "button";
      button.dataset.song = song;
    }
    line.append(go, out);
    return line;
  }

  // The selected songs as playlists hold them; what was predicted, genre say, stands under predicted_genre instead.
  rows() {
    const { songs } = this,
      columns = Object.keys(songs.columns),
      marked = new Set(columns.filter((column) => songs.has(`${column}_predicted`)));
    const under = (column, song) => (marked.has(column) && songs.guessed(column, song) ? "predicted_" : "") + column;
    return this.order.map((song) => ({
      ...Object.fromEntries(columns.map((column) => [under(column, song), songs.at(column, song)])),
      id: songs.ids[song],
      title: songs.name(song),
    }));
  }

  warn() {
    this.said.textContent = caution(this.format.value, this.rows());
  }

  save() {
    const format = this.format.value,
      { kind, write } = FORMATS[format],
      link = element("a");
    link.download = fileName(this.name.value, format);
    link.href = URL.createObjectURL(new Blob([write(this.rows(), this.name.value)], { type: `${kind};charset=utf-8` }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    this.said.textContent = `${caution(format, this.rows())} ${this.counted} written to ${link.download}.`.trim();
  }
}
