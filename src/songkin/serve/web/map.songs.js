// The songs of the page, read from its data block.
//
// A column holds its distinct values, ordered; a song's code counts them from 1, 0 is unknown. Places are moved so that
// the map lies about the origin and its longer side reaches from -1 to 1; y points upwards. Typed arrays are
// little-endian, as the page's are, on every machine that runs a browser.

const WIDTHS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };

function unpacked(text, Kind) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
  return new Kind(bytes.buffer);
}

class Column {
  constructor(written) {
    this.values = written.values;
    this.codes = unpacked(written.codes, WIDTHS[written.size]);
  }

  at(song) {
    const code = this.codes[song];
    return code ? this.values[code - 1] : null;
  }

  // How many songs have each code, the unknown first.
  counts() {
    const counts = new Uint32Array(this.values.length + 1);
    for (const code of this.codes) counts[code]++;
    return counts;
  }
}

export class Songs {
  constructor(written) {
    this.title = written.title;
    this.ids = written.ids;
    this.n = written.ids.length;
    this.notes = written.notes;
    this.trustworthiness = written.trustworthiness;
    this.columns = {};
    for (const [name, column] of Object.entries(written.columns)) this.columns[name] = new Column(column);
    this.x = unpacked(written.x, Float32Array);
    this.y = unpacked(written.y, Float32Array);
    centre(this.x, this.y);
  }

  has(column) {
    return column in this.columns;
  }

  at(column, song) {
    return this.has(column) ? this.columns[column].at(song) : null;
  }

  // Whether a value was predicted from the words rather than given.
  guessed(column, song) {
    return this.at(`${column}_predicted`, song) === 1;
  }

  name(song) {
    return this.at("title", song) ?? this.ids[song];
  }

  // The finest theme that is known of a song, or null.
  theme(song) {
    return this.at("theme_fine", song) ?? this.at("theme_medium", song) ?? this.at("theme_coarse", song);
  }
}

function centre(x, y) {
  const [left, right] = ends(x);
  const [low, high] = ends(y);
  const half = Math.max(right - left, high - low) / 2 || 1; // all at one place: that place is the origin
  for (let at = 0; at < x.length; at++) {
    x[at] = (x[at] - (left + right) / 2) / half;
    y[at] = (y[at] - (low + high) / 2) / half;
  }
}

export function ends(numbers) {
  let least = Infinity,
    most = -Infinity;
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > most) most = number;
  }
  return least > most ? [0, 0] : [least, most];
}

// The box [left, low, right, high] of some songs, or of all.
export function boxOf(songs, which = null) {
  const x = which ? Array.from(which, (song) => songs.x[song]) : songs.x;
  const y = which ? Array.from(which, (song) => songs.y[song]) : songs.y;
  const [left, right] = ends(x),
    [low, high] = ends(y);
  return [left, low, right, high];
}

// Who is near a place: songs counted into square cells.
export class Grid {
  constructor(songs) {
    this.songs = songs;
    this.side = Math.max(1, Math.min(512, Math.round(Math.sqrt(songs.n / 2))));
    this.starts = new Uint32Array(this.side * this.side + 1);
    const cells = new Uint32Array(songs.n);
    for (let song = 0; song < songs.n; song++) {
      cells[song] = this.cell(songs.y[song]) * this.side + this.cell(songs.x[song]);
      this.starts[cells[song] + 1]++;
    }
    for (let cell = 0; cell < this.side * this.side; cell++) this.starts[cell + 1] += this.starts[cell];
    const next = this.starts.slice();
    this.members = new Uint32Array(songs.n);
    for (let song = 0; song < songs.n; song++) this.members[next[cells[song]]++] = song;
  }

  cell(place) {
    return Math.max(0, Math.min(this.side - 1, Math.floor(((place + 1) / 2) * this.side)));
  }

  // Every song in a box that `passes`.
  within([left, low, right, high], passes) {
    const { x, y } = this.songs,
      found = [];
    for (let row = this.cell(low); row <= this.cell(high); row++) {
      const from = this.starts[row * this.side + this.cell(left)];
      const to = this.starts[row * this.side + this.cell(right) + 1];
      for (let at = from; at < to; at++) {
        const song = this.members[at];
        const inside = x[song] >= left && x[song] <= right && y[song] >= low && y[song] <= high;
        if (inside && passes(song)) found.push(song);
      }
    }
    return found;
  }

  // The nearest song to a place within a reach, or -1.
  nearest(px, py, reach, passes) {
    let best = -1,
      least = reach * reach;
    for (const song of this.within([px - reach, py - reach, px + reach, py + reach], passes)) {
      const far = (this.songs.x[song] - px) ** 2 + (this.songs.y[song] - py) ** 2;
      if (far <= least) [best, least] = [song, far];
    }
    return best;
  }
}

// Whether a place lies inside a closed line of places [[x, y], ...], by the even-odd rule.
export function inside(line, px, py) {
  let within = false;
  for (let at = 0, before = line.length - 1; at < line.length; before = at++) {
    const [ax, ay] = line[at],
      [bx, by] = line[before];
    if (ay > py !== by > py && px < ((bx - ax) * (py - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}
