// Which part of the map is on the screen: its middle (x, y) and how many pixels a unit has.

const DEEPEST = 4000; // times the whole map

export class View {
  constructor() {
    Object.assign(this, { x: 0, y: 0, scale: 1, whole: 1, width: 1, height: 1 });
    this.gliding = 0;
  }

  // Pixels from the left and the top.
  toX(x) {
    return this.width / 2 + (x - this.x) * this.scale;
  }
  toY(y) {
    return this.height / 2 - (y - this.y) * this.scale;
  }
  fromX(px) {
    return this.x + (px - this.width / 2) / this.scale;
  }
  fromY(py) {
    return this.y - (py - this.height / 2) / this.scale;
  }

  // How much nearer than the whole map.
  get zoomed() {
    return this.scale / this.whole;
  }

  box() {
    return [this.fromX(0), this.fromY(this.height), this.fromX(this.width), this.fromY(0)];
  }

  pan(dx, dy) {
    this.halt();
    this.x = Math.max(-1.5, Math.min(1.5, this.x - dx / this.scale));
    this.y = Math.max(-1.5, Math.min(1.5, this.y + dy / this.scale));
  }

  zoom(times, px = this.width / 2, py = this.height / 2) {
    this.halt();
    const [x, y] = [this.fromX(px), this.fromY(py)];
    this.scale = Math.max(this.whole / 2, Math.min(this.whole * DEEPEST, this.scale * times));
    this.x = x - (px - this.width / 2) / this.scale;
    this.y = y + (py - this.height / 2) / this.scale;
  }

  // The view that shows a box between what covers the edges; not nearer than `nearest` times the whole.
  fitting([left, low, right, high], edges, nearest = Infinity) {
    const wide = Math.max(this.width - edges.left - edges.right, 40);
    const tall = Math.max(this.height - edges.top - edges.bottom, 40);
    const scale = Math.min(
      wide / Math.max(right - left, 1e-9),
      tall / Math.max(high - low, 1e-9),
      this.whole * nearest,
    );
    return {
      scale,
      x: (left + right) / 2 - (edges.left - edges.right) / 2 / scale,
      y: (low + high) / 2 + (edges.top - edges.bottom) / 2 / scale,
    };
  }

  // Go to a view in a fifth of a second, or at once for those who want no motion; `drawn` is called on the way.
  glide(to, drawn) {
    this.halt();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      Object.assign(this, to);
      return drawn();
    }
    const from = { x: this.x, y: this.y, scale: this.scale },
      began = performance.now();
    const step = (now) => {
      const share = Math.max(0, Math.min(1, (now - began) / 220)),
        eased = 1 - (1 - share) ** 3;
      this.scale = from.scale * (to.scale / from.scale) ** eased;
      this.x = from.x + (to.x - from.x) * eased;
      this.y = from.y + (to.y - from.y) * eased;
      this.gliding = share < 1 ? requestAnimationFrame(step) : 0;
      drawn();
    };
    this.gliding = requestAnimationFrame(step);
  }

  halt() {
    if (this.gliding) cancelAnimationFrame(this.gliding);
    this.gliding = 0;
  }
}
