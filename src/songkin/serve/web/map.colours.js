// What a colour says: classes in eleven colours, numbers along one scale.
//
// The eleven were searched for on a grid of OKLCh so that every two stay apart for eyes of all kinds (tests measure it,
// Machado et al. 2009). What is left over is grey, what is unknown a fainter grey. The scale is viridis (CC0), cut at
// the end that the background would swallow.

const LIGHT = {
  classes: [
    "#0142ad",
    "#fb8276",
    "#0bb6ae",
    "#885cd6",
    "#8d9d0a",
    "#be4d77",
    "#8f652d",
    "#3d83a7",
    "#d583f8",
    "#8d1b19",
    "#5f3d6f",
  ],
  other: "#8b8d94",
  unknown: "#c3c3c6",
  one: "#3566b0",
  from: 0,
  to: 0.9,
};
const DARK = {
  classes: [
    "#1a8bf2",
    "#eda12f",
    "#3dd095",
    "#b9a7e6",
    "#d6ed4c",
    "#cf55a8",
    "#a73a1b",
    "#037465",
    "#93effc",
    "#7d3db2",
    "#869150",
  ],
  other: "#82858f",
  unknown: "#4d505a",
  one: "#7fb0f5",
  from: 0.16,
  to: 1,
};
const VIRIDIS = [
  "#440154",
  "#482878",
  "#3e4989",
  "#31688e",
  "#26828e",
  "#1f9e89",
  "#35b779",
  "#6ece58",
  "#b5de2b",
  "#fde725",
];
const BINS = 10;

export const WAYS = [
  { key: "theme_coarse", name: "Theme" },
  { key: "theme_medium", name: "Theme, finer" },
  { key: "genre", name: "Genre" },
  { key: "mood", name: "Mood" },
  { key: "year", name: "Year", scale: true },
  { key: "valence", name: "Valence (sad to glad)", scale: true },
  { key: "energy", name: "Energy", scale: true },
  { key: "outlier", name: "Outliers", says: ["has its like near", "stands apart"] },
  { key: "language", name: "Language" },
];

export function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function along(share, palette) {
  const at = (palette.from + share * (palette.to - palette.from)) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(at), VIRIDIS.length - 2);
  const [one, two] = [rgb(VIRIDIS[low]), rgb(VIRIDIS[low + 1])];
  return one.map((part, axis) => Math.round(part + (two[axis] - part) * (at - low)));
}

// A class: its name, how many songs it has, its colour. `of` gives each song's class, `paint` its red, green, blue.
class Colouring {
  constructor(songs, way) {
    this.way = way;
    this.classes = [];
    this.of = new Uint8Array(songs.n);
    this.paint = new Uint8Array(songs.n * 4);
    this.guesses = 0; // songs whose value was predicted
    const flags = way ? songs.columns[`${way.key}_predicted`] : null;
    this.guessed = new Uint8Array(songs.n);
    for (let song = 0; flags && song < songs.n; song++) {
      this.guessed[song] = flags.at(song) === 1 && songs.columns[way.key].codes[song] ? 1 : 0;
      this.guesses += this.guessed[song];
    }
  }

  add(name, colour, kind = "") {
    this.classes.push({ name, colour, kind, count: 0 });
    return this.classes.length - 1;
  }

  // Give every song the class and the colour of its code.
  spread(column, classOf, colourOf) {
    for (let song = 0; song < this.of.length; song++) {
      const code = column ? column.codes[song] : 0;
      const own = classOf[code],
        colour = colourOf ? colourOf[code] : this.classes[own].colour;
      this.of[song] = own;
      this.classes[own].count++;
      this.paint.set(colour, song * 4);
    }
    return this;
  }
}

// Colour the songs by one of the WAYS; without one, all alike.
export function colouring(songs, way, dark) {
  const palette = dark ? DARK : LIGHT,
    made = new Colouring(songs, way);
  if (!way) {
    made.add("song", rgb(palette.one));
    return made.spread(null, [0]);
  }
  return way.scale ? byNumber(songs.columns[way.key], made, palette) : byClass(songs.columns[way.key], made, palette);
}

function byClass(column, made, palette) {
  const counts = column.counts(),
    classOf = new Uint8Array(counts.length);
  const codes = column.values.map((_, at) => at + 1);
  const says = (code) => made.way.says?.[column.values[code - 1]] ?? String(column.values[code - 1]);
  if (!made.way.says) codes.sort((one, two) => counts[two] - counts[one]);
  const all = codes.length <= palette.classes.length;
  const kept = all ? codes : codes.slice(0, palette.classes.length);
  kept.forEach((code, at) => (classOf[code] = made.add(says(code), rgb(palette.classes[at]))));
  if (!all) {
    const other = made.add(`${(codes.length - kept.length).toLocaleString("en")} others`, rgb(palette.other), "other");
    for (const code of codes.slice(kept.length)) classOf[code] = other;
  }
  if (counts[0]) classOf[0] = made.add("unknown", rgb(palette.unknown), "unknown");
  return made.spread(column, classOf);
}

function byNumber(column, made, palette) {
  const counts = column.counts(),
    { values } = column;
  const least = values[0],
    most = values[values.length - 1];
  const step = made.way.key === "year" ? rounded((most - least + 1) / BINS) : rounded((most - least) / BINS) || 1;
  const first = Math.floor(least / step + 1e-9);
  const bin = (value) => Math.min(Math.floor(value / step + 1e-9) - first, bins - 1);
  const bins = Math.max(
    1,
    Math.ceil((most - first * step) / step - 1e-9) + (made.way.key === "year" && most % step === 0 ? 1 : 0),
  );
  const colourOf = [rgb(palette.unknown)],
    classOf = [0];
  for (let at = 0; at < bins; at++)
    made.add(binName(made.way, (first + at) * step, step), along((at + 0.5) / bins, palette), "bin");
  for (const value of values) {
    colourOf.push(along(most > least ? (value - least) / (most - least) : 0.5, palette));
    classOf.push(bin(value));
  }
  if (counts[0]) classOf[0] = made.add("unknown", rgb(palette.unknown), "unknown");
  return made.spread(column, classOf, colourOf);
}

function binName(way, low, step) {
  if (way.key === "year") return step === 1 ? String(low) : `${low} to ${low + step - 1}`;
  const digits = step < 0.1 ? 2 : 1;
  return `${low.toFixed(digits)} to ${(low + step).toFixed(digits)}`;
}

// The next round number: 1, 2 or 5 times a power of ten.
function rounded(step) {
  if (!(step > 0)) return 0;
  const power = 10 ** Math.floor(Math.log10(step));
  const times = [1, 2, 5, 10].find((times) => times * power >= step - 1e-12);
  return Math.max(times * power, 0.01);
}
