// The hand on the map: mouse, fingers, pen and keys, turned into what they ask for.

const STILL = 5; // pixels within which a press is a click
const STEP = 0.12; // of the screen, for an arrow key
const CLOSE = 4; // pixels between two places of a line

export class Hand {
  // `asks` answers: moved(), redraw(), hover(px, py), leave(), click(px, py, { touch }), lasso(line, add), mode(name),
  // select(), all(), whole(), stopped(), cornered(), escape(). Lines are places on the screen [[px, py], ...].
  constructor(map, view, asks) {
    Object.assign(this, {
      map,
      view,
      asks,
      mode: "move",
      downs: new Map(),
      line: null,
      corner: null,
      cross: false,
      moving: false,
    });
    const on = (name, act, options) => map.addEventListener(name, act, options);
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", (event) => this.cancel(event));
    on("pointerleave", () => asks.leave());
    on("wheel", (event) => this.wheel(event), { passive: false });
    on("dblclick", (event) => this.near(2, event.clientX, event.clientY));
    on("keydown", (event) => this.key(event));
    on("focus", () => this.crossed(map.matches(":focus-visible")));
    on("blur", () => this.crossed(false));
    on("contextmenu", (event) => this.line && event.preventDefault());
  }

  crossed(cross) {
    this.cross = cross;
    this.asks.redraw();
  }

  near(times, px, py) {
    this.view.zoom(times, px, py);
    this.asks.moved();
  }

  down(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    this.map.setPointerCapture(event.pointerId);
    const { clientX: px, clientY: py } = event;
    this.downs.set(event.pointerId, { px, py, from: [px, py] });
    this.crossed(false);
    if (this.downs.size > 1) {
      this.line = null;
      this.pinched = true;
    } else {
      this.pinched = false;
      const kind = event.shiftKey && this.mode === "move" ? "lasso" : this.mode;
      this.line = kind === "move" ? null : [[px, py]];
      this.kind = kind;
    }
  }

  move(event) {
    const held = this.downs.get(event.pointerId),
      { clientX: px, clientY: py } = event;
    if (!held) return event.pointerType === "touch" || this.asks.hover(px, py);
    if (this.downs.size > 1) this.pinch(held, px, py);
    else if (this.line) this.trace(px, py);
    else if (this.kind === "move" && !this.pinched && (this.moving || far(held.from, px, py) > STILL)) {
      this.moving = true;
      this.view.pan(px - held.px, py - held.py);
      this.asks.moved();
    }
    if (this.moving || this.line || this.downs.size > 1) Object.assign(held, { px, py });
  }

  pinch(held, px, py) {
    const other = [...this.downs.values()].find((one) => one !== held);
    const before = Math.hypot(held.px - other.px, held.py - other.py),
      after = Math.hypot(px - other.px, py - other.py);
    this.view.pan((px - held.px) / 2, (py - held.py) / 2);
    if (before > 1) this.view.zoom(after / before, (px + other.px) / 2, (py + other.py) / 2);
    this.asks.moved();
  }

  trace(px, py) {
    const [ax, ay] = this.line[0];
    if (this.kind === "box")
      this.line = [
        [ax, ay],
        [px, ay],
        [px, py],
        [ax, py],
      ];
    else if (far(this.line[this.line.length - 1], px, py) >= CLOSE) this.line.push([px, py]);
    this.asks.moved();
  }

  up(event) {
    const held = this.downs.get(event.pointerId);
    this.downs.delete(event.pointerId);
    if (!held || this.downs.size) return;
    const { clientX: px, clientY: py } = event,
      line = this.line;
    const still = far(held.from, px, py) <= STILL && !this.moving && !this.pinched;
    this.line = null;
    this.moving = false;
    if (still) return this.asks.click(px, py, { touch: event.pointerType === "touch" });
    if (line?.length > 2) this.asks.lasso(line, event.shiftKey && this.mode !== "move");
    this.asks.moved();
  }

  cancel(event) {
    this.downs.delete(event.pointerId);
    this.line = null;
    this.moving = false;
    this.asks.moved();
  }

  wheel(event) {
    event.preventDefault();
    const unit = [1, 33, 400][event.deltaMode] ?? 1;
    const turned = Math.max(-240, Math.min(240, event.deltaY * unit * (event.ctrlKey ? 5 : 1)));
    this.near(Math.exp(-turned * 0.0022), event.clientX, event.clientY);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { view } = this,
      wide = view.width * STEP,
      tall = view.height * STEP;
    const keys = {
      ArrowLeft: () => view.pan(wide, 0),
      ArrowRight: () => view.pan(-wide, 0),
      ArrowUp: () => view.pan(0, tall),
      ArrowDown: () => view.pan(0, -tall),
      "+": () => view.zoom(1.5),
      "=": () => view.zoom(1.5),
      "-": () => view.zoom(1 / 1.5),
      0: () => this.asks.whole(),
      m: () => this.asks.mode("move"),
      l: () => this.asks.mode("lasso"),
      r: () => this.asks.mode("box"),
      v: () => this.asks.all(),
      Enter: () => this.enter(),
      " ": () => this.enter(),
      Escape: () => this.escape(),
    };
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
    this.crossed(event.key !== "Escape");
    this.asks.moved();
    if (event.key.startsWith("Arrow") || event.key === "+" || event.key === "-") this.asks.stopped();
  }

  // Enter takes the song at the cross; with the rectangle, the first corner and then the other.
  enter() {
    const { view } = this,
      middle = [view.width / 2, view.height / 2];
    if (this.mode !== "box") return this.asks.select();
    if (!this.corner) {
      this.corner = [view.x, view.y];
      return this.asks.cornered();
    }
    const [ax, ay] = [view.toX(this.corner[0]), view.toY(this.corner[1])],
      [bx, by] = middle;
    this.corner = null;
    this.asks.lasso(
      [
        [ax, ay],
        [bx, ay],
        [bx, by],
        [ax, by],
      ],
      false,
    );
  }

  escape() {
    this.line = this.corner = null;
    this.asks.escape();
  }

  // What is being drawn on the screen, or null.
  drawn() {
    if (this.line) return this.line;
    if (!this.corner) return null;
    const [ax, ay] = [this.view.toX(this.corner[0]), this.view.toY(this.corner[1])],
      [bx, by] = [this.view.width / 2, this.view.height / 2];
    return [
      [ax, ay],
      [bx, ay],
      [bx, by],
      [ax, by],
    ];
  }
}

function far([ax, ay], bx, by) {
  return Math.hypot(bx - ax, by - ay);
}
