// What stands around the map: what is to be known of it, and its tools.

import { element, of } from "./map.card.js";

const SHARED = "This page holds the paths of your audio files; mind that before you share it.";
const TELLING = 3; // songs, of which one has a nearer and a farther neighbour
const TOO_FEW = "There are too few songs to say whether neighbours on the map are neighbours in the library.";
const ALIKE = "All songs are alike here, so neighbours on the map are no nearer in the library than any others.";

// Say what the map is, how far to trust it, and what it leaves out.
export function describe(songs, coloured) {
  const kept = songs.trustworthiness,
    none = songs.n < TELLING ? TOO_FEW : ALIKE;
  of("trust").textContent =
    kept === null
      ? none
      : `Trustworthiness ${kept.toFixed(2)} of 1: how far neighbours on the map are neighbours in the library. ` +
        "Only nearness means something here, not directions or distances between islands.";
  const notes = [...songs.notes, ...(songs.has("audio") ? [SHARED] : [])];
  of("notes").replaceChildren(...notes.map((note) => element("li", note)));
  const more = kept === null || !songs.n ? [] : [`trustworthiness ${kept.toFixed(2)}`];
  if (songs.notes.length) more.push(songs.notes.length === 1 ? "1 note" : `${songs.notes.length} notes`);
  of("count").textContent = songs.n === 1 ? "1 song" : `${songs.n.toLocaleString("en")} songs`;
  of("count").append(element("span", more.map((part) => ` · ${part}`).join(""), "wide"));
  of("empty").hidden = songs.n > 0;
  of("empty").textContent =
    "There is no song on this map yet. Add songs with lyrics or descriptions to the library, then draw it again.";
  of("legend").hidden = !coloured;
}

// Let the buttons do what they say.
export function toolbar(page) {
  const on = (id, act) => of(id).addEventListener("click", act);
  on("in", () => page.nearer(1.8));
  on("out", () => page.nearer(1 / 1.8));
  on("fit", () => page.whole());
  on("view", () => page.all());
  on("shade", () => page.switched());
  on("open", () => page.opened(!of("side").classList.contains("shown")));
  modeButtons().forEach((button, at, all) => {
    button.addEventListener("click", () => page.mode(button.dataset.mode));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = all[(at + step + all.length) % all.length];
      page.mode(next.dataset.mode);
      next.focus();
    });
  });
  page.mode("move");
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => page.lit());
  of("about").addEventListener("toggle", () => page.redraw());
}

// Show which of the modes is on.
export function checked(mode) {
  of("map").dataset.mode = mode;
  for (const button of modeButtons()) {
    button.setAttribute("aria-checked", String(button.dataset.mode === mode));
    button.tabIndex = button.dataset.mode === mode ? 0 : -1;
  }
}

function modeButtons() {
  return [...document.querySelectorAll("[data-mode][role=radio]")];
}
