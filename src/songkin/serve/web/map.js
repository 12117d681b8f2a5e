// The map of a library: everything that is on the page, joined.

import { Grid, Songs, boxOf, inside } from "./map.songs.js";
import { rgb } from "./map.colours.js";
import { View } from "./map.view.js";
import { FAINT, GUESSED, MARKED, PLAIN, pointsOn } from "./map.points.js";
import { Names } from "./map.names.js";
import { SearchBox } from "./map.search.js";
import { Card, of, spoken } from "./map.card.js";
import { Legend } from "./map.legend.js";
import { Chosen } from "./map.chosen.js";
import { Hand } from "./map.hand.js";
import { cross, outline, ring } from "./map.pen.js";
import { checked, describe, toolbar } from "./map.around.js";

const REACH = 14; // pixels about the pointer where a song is still meant
const REST = 140; // ms without movement after which everything is drawn
const [SLOW, QUICK] = [34, 20]; // ms between frames while the map moves
const FEWEST = 6000; // points that are always drawn
const CLOSEST = 40; // times the whole map, when going to a song
const NARROW = matchMedia("(max-width: 47.99rem)");

class MapPage {
  constructor(songs) {
    Object.assign(this, { songs, view: new View(), grid: new Grid(songs), names: new Names(songs) });
    Object.assign(this, {
      found: null,
      looks: new Uint8Array(songs.n),
      pointed: -1,
      due: 0,
      movedAt: -1e9,
      paced: 0,
      share: 1,
    });
    this.points = pointsOn(of("points"), songs);
    this.points.restored = () => this.redraw();
    this.over = of("over").getContext("2d");
    this.chosen = new Chosen(songs, { onChange: () => this.stand(), onGo: (song) => this.go(song) });
    this.card = new Card(songs, { onSelect: (song) => this.select(song) });
    this.legend = new Legend(songs, { onColours: (colours) => this.painted(colours), onFilter: () => this.filtered() });
    this.search = new SearchBox(songs, { onFound: (hits) => this.sought(hits), onGo: (song) => this.go(song) });
    this.hand = new Hand(of("map"), this.view, this.asks());
    describe(songs, this.legend.ways.length > 0);
    toolbar(this);
    this.lit();
    new ResizeObserver(() => this.measure()).observe(of("map"));
    this.measure();
  }

  asks() {
    return {
      moved: () => this.moved(),
      redraw: () => this.redraw(),
      hover: (px, py) => this.hover(px, py),
      leave: () => this.card.pinned || this.point(-1),
      click: (px, py, how) => this.clicked(px, py, how),
      lasso: (line, add) => this.lasso(line, add),
      mode: (mode) => this.mode(mode),
      select: () => this.select(this.crossed()),
      all: () => this.all(),
      whole: () => this.whole(),
      stopped: () => this.stopped(),
      cornered: () => this.say("First corner set. Move with the arrow keys, then press Enter for the other corner."),
      escape: () => {
        this.point(-1);
        this.mode("move");
      },
    };
  }

  // -- what is drawn

  // Read the colours of the light that is on, and draw everything in them.
  lit() {
    const style = getComputedStyle(document.documentElement),
      colour = (name) => style.getPropertyValue(name).trim();
    this.tones = { ink: colour("--ink"), paper: colour("--paper"), mark: colour("--mark") };
    this.legend.dark = colour("color-scheme") === "dark";
    this.legend.paint();
  }

  painted(colours) {
    this.colours = colours;
    this.points.paint(colours);
    this.stand();
  }

  // Decide how every song stands: shown, found, selected.
  stand() {
    const { looks, found, colours } = this,
      { has } = this.chosen;
    for (let song = 0; song < this.songs.n; song++) {
      const shown = this.legend.shows(song),
        marked = has[song] || (found && found[song]);
      looks[song] = (shown ? (marked ? MARKED : found ? FAINT : PLAIN) : FAINT) | (colours.guessed[song] ? GUESSED : 0);
    }
    this.points.look(looks);
    of("open").dataset.count = this.chosen.order.length || "";
    this.redraw();
  }

  measure() {
    const map = of("map"),
      fresh = this.view.whole === 1,
      whole = !fresh && this.view.zoomed < 1.02;
    this.density = Math.min(devicePixelRatio || 1, 2);
    this.view.width = map.clientWidth;
    this.view.height = map.clientHeight;
    for (const canvas of [of("points"), of("over")]) {
      canvas.width = Math.round(map.clientWidth * this.density);
      canvas.height = Math.round(map.clientHeight * this.density);
    }
    this.view.whole = this.view.fitting(this.bounds(), this.edges()).scale;
    if (fresh || whole) Object.assign(this.view, this.view.fitting(this.bounds(), this.edges()));
    this.draw();
  }

  bounds() {
    const [left, low, right, high] = boxOf(this.songs),
      grow = right - left || high - low ? 0 : 1;
    return [left - grow, low - grow, right + grow, high + grow];
  }

  // What covers the edges of the map, and a little air.
  edges() {
    const side = of("side"),
      tools = document.querySelector(".tools"),
      head = document.querySelector(".head");
    const right = NARROW.matches ? 0 : innerWidth - side.getBoundingClientRect().left;
    const top = head.getBoundingClientRect().bottom;
    return { left: 28, right: right + 28, top: top + 24, bottom: tools.offsetHeight + 32 };
  }

  moved() {
    this.movedAt = performance.now();
    this.stirred = true;
    this.card.pinned ? this.point(-1) : this.redraw();
  }

  redraw() {
    this.due ||= requestAnimationFrame(() => {
      this.due = 0;
      this.draw();
    });
  }

  draw() {
    const { view, songs, density } = this,
      [radius, solid] = this.stroke(),
      now = performance.now();
    const share = this.stirred || now - this.movedAt < REST ? this.pace(now) : 1;
    this.stirred = false;
    const faint = rgb(this.tones.paper).map((part) => (part > 127 ? part - 70 : part + 60));
    this.points.draw(view, { radius, solid, density, share, ink: rgb(this.tones.ink), faint });
    this.overlay(radius);
    clearTimeout(this.later);
    if (share < 1) this.later = setTimeout(() => this.redraw(), REST + 10);
  }

  // The share of the points to draw while the map moves: fewer where frames come late, so that it moves smoothly
  // without a graphics card too; all follow when it rests.
  pace(now) {
    const gap = now - this.paced;
    this.paced = now;
    if (gap < 1000) this.share *= gap > SLOW ? Math.max(0.4, SLOW / gap) : gap < QUICK ? 1.2 : 1;
    this.share = Math.max(Math.min(this.share, 1), Math.min(1, FEWEST / Math.max(this.songs.n, 1)));
    return this.share;
  }

  // How large points are, in pixels, and how solid: few are large, and all grow as one comes nearer.
  stroke() {
    const { view, songs } = this,
      air = Math.sqrt((view.width * view.height) / Math.max(songs.n, 1));
    const first = Math.max(1.1, Math.min(6.5, air * 0.18)),
      near = Math.max(view.zoomed, 1);
    const solid = songs.n > 20000 ? 0.62 : songs.n > 1000 ? 0.82 : 0.95;
    return [Math.min(9, first * near ** 0.38), Math.min(0.95, solid * near ** 0.12)];
  }

  overlay(radius) {
    const { over: pen, view, songs, tones } = this;
    pen.setTransform(this.density, 0, 0, this.density, 0, 0);
    pen.clearRect(0, 0, view.width, view.height);
    const taken = [...document.querySelectorAll(".sheet:not(.card)")]
      .map((sheet) => sheet.getBoundingClientRect())
      .filter((box) => box.width);
    const boxes = taken.map((box) => [box.left - 4, box.top - 4, box.right + 4, box.bottom + 4]);
    const shown = (column, name) => this.named(column, name);
    const font = parseFloat(getComputedStyle(document.body).fontSize) * (NARROW.matches ? 0.8 : 0.86);
    this.names.draw(pen, view, { ink: tones.ink, paper: tones.paper, font, taken: boxes, shown });
    if (this.pointed >= 0)
      ring(pen, view.toX(songs.x[this.pointed]), view.toY(songs.y[this.pointed]), radius + 4, tones);
    if (this.hand.cross) cross(pen, view.width / 2, view.height / 2, tones);
    if (this.hand.drawn()) outline(pen, this.hand.drawn(), tones);
  }

  // Whether a theme's name is written: not when only others are shown.
  named(column, name) {
    const { way, classes } = this.colours,
      { kept } = this.legend;
    return !kept.size || way.key !== column || [...kept].some((at) => classes[at].name === name);
  }

  // -- what the hand asks for

  passes = (song) => this.legend.shows(song);

  at(px, py) {
    return this.grid.nearest(this.view.fromX(px), this.view.fromY(py), REACH / this.view.scale, this.passes);
  }

  hover(px, py) {
    if (this.hand.moving) return;
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      if (!this.card.pinned) this.point(this.at(...this.pointer));
    });
    this.pointer = [px, py];
  }

  // Point at a song: a ring about it, its card beside it.
  point(song, { pinned = false } = {}) {
    this.pointed = song;
    of("map").classList.toggle("on", song >= 0);
    const { songs, view } = this,
      chosen = song >= 0 && this.chosen.has[song] === 1;
    const others = song < 0 ? 0 : this.same(song).length - 1;
    this.card.show(song, view.toX(songs.x[song]), view.toY(songs.y[song]), {
      others,
      pinned,
      chosen,
      edges: this.edges(),
    });
    this.redraw();
  }

  // The songs at the very place of a song, itself among them.
  same(song) {
    const { x, y } = this.songs;
    return this.grid.within([x[song], y[song], x[song], y[song]], this.passes);
  }

  clicked(px, py, { touch }) {
    const song = this.at(px, py);
    if (touch) this.point(song, { pinned: true });
    else if (song >= 0) this.select(song);
  }

  // Select a song and those at its very place, or take them out again.
  select(song) {
    if (song < 0) return this.say("No song here.");
    const out = this.chosen.has[song] === 1,
      group = this.same(song);
    if (out) group.filter((one) => this.chosen.has[one]).forEach((one) => this.chosen.toggle(one));
    else this.chosen.set(group, { add: true });
    if (this.card.pinned) this.point(song, { pinned: true });
    this.say(`${this.songs.name(song)} ${out ? "taken out" : "selected"}. ${this.chosen.counted} in the selection.`);
  }

  // Select what a line on the screen goes round.
  lasso(line, add) {
    const { view, songs } = this,
      places = line.map(([px, py]) => [view.fromX(px), view.fromY(py)]);
    const xs = places.map(([x]) => x),
      ys = places.map(([, y]) => y);
    const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    this.choose(
      this.grid.within(box, (song) => this.passes(song) && inside(places, songs.x[song], songs.y[song])),
      add,
    );
  }

  all() {
    this.choose(this.grid.within(this.view.box(), this.passes), false);
  }

  choose(songs, add) {
    this.chosen.set(songs, { add });
    this.say(`${this.chosen.counted} selected.`);
    this.opened(songs.length > 0 || of("side").classList.contains("shown"));
  }

  mode(mode) {
    this.hand.mode = mode;
    this.hand.corner = null;
    checked(mode);
    this.redraw();
  }

  crossed() {
    return this.at(this.view.width / 2, this.view.height / 2);
  }

  // Keys have moved the map: say who is at the cross.
  stopped() {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      const song = this.crossed();
      this.point(song);
      if (song >= 0) this.say(spoken(this.songs, song));
    }, 250);
  }

  whole() {
    this.view.glide(this.view.fitting(this.bounds(), this.edges()), () => this.moved());
  }

  // Go to a song and show its card.
  go(song) {
    const { songs, view } = this,
      near = Math.min(CLOSEST, Math.max(view.zoomed, Math.sqrt(songs.n) / 12));
    const edges = this.edges(),
      to = view.fitting([songs.x[song], songs.y[song], songs.x[song], songs.y[song]], edges, near);
    if (NARROW.matches) this.opened(false);
    view.glide(to, () => {
      this.moved();
      this.point(song);
    });
    this.say(spoken(songs, song));
  }

  // The search has found songs: mark them, and show where they are. null = no search.
  sought(hits) {
    const before = this.found;
    this.found = hits && Uint8Array.from({ length: this.songs.n });
    for (const song of hits ?? []) this.found[song] = 1;
    this.point(-1);
    this.stand();
    if (hits) this.say(hits.length === 1 ? "1 song found" : `${hits.length} songs found`);
    clearTimeout(this.zooming);
    if (hits?.length) this.zooming = setTimeout(() => this.frame(hits), 350);
    else if (!hits && before) this.whole();
  }

  frame(songs) {
    const [left, low, right, high] = boxOf(this.songs, songs),
      air = 0.03;
    this.view.glide(this.view.fitting([left - air, low - air, right + air, high + air], this.edges(), CLOSEST), () =>
      this.moved(),
    );
  }

  filtered() {
    this.point(-1);
    this.stand();
    const shown = this.looks.reduce((sum, look) => sum + ((look & 3) !== FAINT), 0);
    this.say(`${shown.toLocaleString("en")} songs shown`);
  }

  // -- light and sheets

  switched() {
    const root = document.documentElement,
      dark = getComputedStyle(root).getPropertyValue("color-scheme").trim() === "dark";
    root.dataset.light = dark ? "light" : "dark";
    this.lit();
  }

  // Zoom about the middle.
  nearer(times) {
    const { view } = this;
    view.glide({ x: view.x, y: view.y, scale: Math.max(view.whole / 2, view.scale * times) }, () => this.moved());
  }

  // Open or close the side sheet, which narrow screens hide.
  opened(open) {
    of("side").classList.toggle("shown", open);
    of("open").setAttribute("aria-expanded", String(open));
    this.redraw();
  }

  say(text) {
    of("say").textContent = text;
  }
}

// The songs lie in the page itself, or where the page says that they can be asked for.
async function written(block) {
  if (!block.dataset.from) return JSON.parse(block.textContent);
  for (;;) {
    const answer = await fetch(block.dataset.from, { credentials: "same-origin" }),
      told = await answer.json();
    if (!answer.ok) throw new Error(told.error?.message ?? `status ${answer.status}`);
    if (answer.status !== 202) return told; // 202 = they are being made
    await new Promise((later) => setTimeout(later, 1000));
  }
}

globalThis.songMap = new MapPage(new Songs(await written(of("songs"))));
