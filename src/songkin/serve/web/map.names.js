// The names of the themes, written where their songs are.

const GRAINS = [
  ["theme_coarse", 0],
  ["theme_medium", 1.8],
  ["theme_fine", 3.6],
]; // and from which zoom on each is drawn
const CELLS = 24; // a side of the map, where a theme's thickest part is looked for
const FEW = 300; // songs up to which names stand above their songs rather than on them
const MOST = 40,
  WIDEST = 22,
  LINES = 2; // names on the screen, letters in a line, lines in a name

export class Names {
  constructor(songs) {
    this.songs = songs;
    this.grains = GRAINS.filter(([column]) => songs.has(column));
    this.centres = {};
  }

  // The grain for a zoom: the coarsest that is there, then finer ones.
  grain(zoomed) {
    const near = this.grains.filter(([, from]) => zoomed >= from);
    return (near.length ? near[near.length - 1] : this.grains[0])?.[0];
  }

  of(column) {
    return (this.centres[column] ??= centresOf(this.songs, column));
  }

  // Write the names, the largest themes first, each where nothing else stands; `taken` boxes are kept free.
  draw(pen, view, { ink, paper, font, taken, shown }) {
    const column = this.grain(view.zoomed);
    if (!column) return;
    const boxes = [...taken];
    const lift = this.songs.n <= FEW ? font * 1.7 : 0;
    let written = 0;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    for (const theme of this.of(column)) {
      if (written >= MOST) break;
      if (!shown(column, theme.name)) continue;
      const x = view.toX(theme.x),
        y = view.toY(theme.y);
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      const size = font * (column === "theme_coarse" ? 1.12 : 1);
      pen.font = `600 ${size}px ${getComputedStyle(document.body).fontFamily}`;
      theme.wide ??= Math.max(...theme.lines.map((line) => pen.measureText(line).width)) / size;
      const box = place(boxes, x, y, lift, theme.wide * size, theme.lines.length * size * 1.15, view);
      if (!box) continue;
      boxes.push(box);
      write(pen, theme.lines, box, size, ink, paper);
      written++;
    }
  }
}

function write(pen, lines, [left, top, right], size, ink, paper) {
  lines.forEach((line, at) => {
    const x = (left + right) / 2,
      y = top + 3 + size * 1.15 * (at + 0.5);
    pen.lineWidth = size * 0.32;
    pen.strokeStyle = paper;
    pen.strokeText(line, x, y);
    pen.fillStyle = ink;
    pen.fillText(line, x, y);
  });
}

// A free box `lift` above a place, a little above or below that, or as far below the place; null where there is none.
// A box that would leave the screen is moved in.
function place(boxes, x, y, lift, wide, tall, view) {
  const at = Math.max(wide / 2 + 6, Math.min(view.width - wide / 2 - 6, x));
  if (Math.abs(at - x) > wide / 2) return null;
  const near = [0, -1, 1].map((shift) => y - lift + shift * tall * 0.8);
  for (const middle of lift ? [...near, y + lift] : near) {
    const box = [at - wide / 2 - 4, middle - tall / 2 - 3, at + wide / 2 + 4, middle + tall / 2 + 3];
    if (box[1] < 0 || box[3] > view.height) continue;
    if (!boxes.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]))
      return box;
  }
  return null;
}

// Every theme of a column: its name in lines and the middle of its thickest part, the largest first.
function centresOf(songs, column) {
  const { codes, values } = songs.columns[column],
    members = values.map(() => []);
  for (let song = 0; song < songs.n; song++) {
    if (codes[song] && songs.at("outlier", song) !== 1) members[codes[song] - 1].push(song);
  }
  const themes = values.map((name, at) => ({
    name: String(name),
    lines: lines(String(name)),
    count: members[at].length,
    ...thickest(songs, members[at]),
  }));
  return themes.filter((theme) => theme.count).sort((one, two) => two.count - one.count);
}

// The mean place of the songs in the nine cells, a square, that hold most of them.
function thickest(songs, members) {
  const cell = (place) => Math.max(0, Math.min(CELLS - 1, Math.floor(((place + 1) / 2) * CELLS)));
  const wide = CELLS + 2, // a rim of cells about the map, so that every cell has eight others about it
    counts = new Uint32Array(wide * wide),
    about = [-wide - 1, -wide, -wide + 1, -1, 0, 1, wide - 1, wide, wide + 1];
  for (const song of members) {
    const at = (cell(songs.y[song]) + 1) * wide + cell(songs.x[song]) + 1;
    for (const step of about) counts[at + step]++;
  }
  const best = counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0));
  let x = 0,
    y = 0,
    n = 0;
  for (const song of members) {
    const near =
      Math.abs(cell(songs.x[song]) + 1 - (best % wide)) < 2 &&
      Math.abs(cell(songs.y[song]) + 1 - Math.floor(best / wide)) < 2;
    if (near) [x, y, n] = [x + songs.x[song], y + songs.y[song], n + 1];
  }
  return { x: x / n, y: y / n };
}

function lines(name) {
  const made = [""];
  for (const word of name.split(/\s+/)) {
    const last = made[made.length - 1];
    if (last && last.length + word.length + 1 > WIDEST) made.push(word);
    else made[made.length - 1] = last ? `${last} ${word}` : word;
  }
  const kept = made.slice(0, LINES).map((line) => (line.length > WIDEST + 4 ? `${line.slice(0, WIDEST)}…` : line));
  const ended = kept.map((line) => line.replace(/[\s·,|/]+$/, "").replace(/^[\s·,|/]+/, "")).filter(Boolean);
  return made.length > LINES ? [...ended.slice(0, -1), `${ended[ended.length - 1]} …`] : ended;
}
