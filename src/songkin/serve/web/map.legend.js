// What the colours mean; a click on a class shows only its songs, a further click on others adds them.

import { WAYS, colouring } from "./map.colours.js";
import { element, of } from "./map.card.js";

const TELLS = 2; // different values, unknown among them, that a column needs to be worth a colour

export class Legend {
  constructor(songs, { onColours, onFilter }) {
    Object.assign(this, { songs, onColours, onFilter, kept: new Set() });
    [this.by, this.box, this.all, this.predicted] = [of("by"), of("classes"), of("all"), of("predicted")];
    this.ways = WAYS.filter(
      (way) => songs.has(way.key) && songs.columns[way.key].counts().filter(Boolean).length >= TELLS,
    );
    this.by.replaceChildren(
      ...[...this.ways, { key: "", name: "All alike" }].map((way) => new Option(way.name, way.key)),
    );
    this.by.addEventListener("change", () => this.paint());
    this.all.addEventListener("click", () => this.keep([]));
    this.box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.toggle(Number(button.dataset.at));
    });
  }

  // Colour the songs anew: after another choice, or for another light.
  paint() {
    const way = this.ways.find((way) => way.key === this.by.value) ?? null;
    const same = this.colours && this.colours.way === way;
    this.colours = colouring(this.songs, way, this.dark);
    if (!same) this.kept = new Set();
    this.fill();
    this.onColours(this.colours);
  }

  fill() {
    const { classes, way, guesses } = this.colours,
      list = element("ul", "", "classes");
    this.box.replaceChildren(list);
    this.box.hidden = !way;
    classes.forEach((one, at) => one.count && way && list.append(this.line(one, at)));
    this.predicted.hidden = !guesses;
    this.predicted.textContent = guesses
      ? `Rings are predicted from the words (${guesses.toLocaleString("en")}), discs are given.`
      : "";
    this.mark();
  }

  line(one, at) {
    const line = element("li"),
      button = element("button"),
      swatch = element("span", "", "swatch");
    button.type = "button";
    button.dataset.at = at;
    button.title = `Show only: ${one.name}`;
    swatch.style.background = `rgb(${one.colour})`;
    swatch.setAttribute("aria-hidden", "true");
    const name = element("span", one.name, "name");
    name.dir = "auto";
    button.append(swatch, name, element("span", one.count.toLocaleString("en"), "number"));
    line.append(button);
    return line;
  }

  toggle(at) {
    const kept = new Set(this.kept);
    if (!kept.delete(at)) kept.add(at);
    this.keep(kept);
  }

  keep(kept) {
    this.kept = new Set(kept);
    this.mark();
    this.onFilter();
  }

  mark() {
    this.all.hidden = !this.kept.size;
    for (const button of this.box.querySelectorAll("button")) {
      const own = this.kept.has(Number(button.dataset.at));
      button.setAttribute("aria-pressed", String(own));
      button.classList.toggle("off", this.kept.size > 0 && !own);
    }
  }

  // Whether a song passes.
  shows(song) {
    return !this.kept.size || this.kept.has(this.colours.of[song]);
  }
}
