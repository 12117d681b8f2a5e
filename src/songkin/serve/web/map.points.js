// Points on a canvas: by WebGL 2, or in the plain way where there is none.
//
// A song's look is FAINT (filtered away, or not found), PLAIN or MARKED (found or selected); GUESSED is added where
// its value was predicted: a ring instead of a disc.

export const FAINT = 0;
export const PLAIN = 1;
export const MARKED = 2;
export const GUESSED = 4;
const LAYERS = 3;

const CORNERS = `#version 300 es
in vec2 place; in vec3 colour; in float look;
uniform vec2 middle, half_size; uniform float radius;
out vec3 tint; out float reach; flat out int kind;
void main() {
  kind = int(look);
  int standing = kind & 3;
  reach = radius * (standing == 0 ? 0.8 : standing == 2 ? 1.15 : 1.0) + (standing == 2 ? 1.0 : 0.0);
  gl_Position = vec4((place - middle) / half_size, 0.0, 1.0);
  gl_PointSize = 2.0 * reach + 2.0;
  tint = colour;
}`;
const DOTS = `#version 300 es
precision mediump float;
in vec3 tint; in float reach; flat in int kind;
uniform float solid, thick; uniform vec3 ink, faint;
out vec4 shown;
void main() {
  float far = length(gl_PointCoord - 0.5) * (2.0 * reach + 2.0);
  float cover = clamp(reach + 0.5 - far, 0.0, 1.0);
  int standing = kind & 3;
  float strong = standing == 0 ? solid * 0.3 : standing == 2 ? 1.0 : solid;
  vec3 own = standing == 0 ? mix(faint, tint, 0.15) : tint;
  float line = max(thick, reach * 0.34);
  float hole = clamp(reach - line + 0.5 - far, 0.0, 1.0);
  if ((kind & 4) != 0) strong *= reach > 2.2 * thick ? 1.0 - 0.85 * hole : 0.7;
  if (standing == 2 && reach > 2.5 * thick) own = mix(ink, own, clamp(reach - thick + 0.5 - far, 0.0, 1.0));
  shown = vec4(own * cover * strong, cover * strong);
}`;

// Returns what draws points on a canvas; both kinds take the same calls. `draw` takes a pen: radius in pixels, how
// solid (0 to 1), the screen's density, two colours [red, green, blue], and which share of a look's points is drawn.
export function pointsOn(canvas, songs) {
  const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true, alpha: true });
  return gl ? new QuickPoints(canvas, gl, songs) : new PlainPoints(canvas, songs);
}

class QuickPoints {
  constructor(canvas, gl, songs) {
    Object.assign(this, { canvas, gl, songs, name: "WebGL" });
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.prepare();
      this.paint(this.painted);
      this.look(this.looks);
      this.restored?.();
    });
    this.prepare();
  }

  prepare() {
    const { gl, songs } = this;
    this.program = program(gl, CORNERS, DOTS);
    const names = ["middle", "half_size", "radius", "solid", "thick", "ink", "faint"];
    this.at = Object.fromEntries(names.map((name) => [name, gl.getUniformLocation(this.program, name)]));
    const places = new Float32Array(songs.n * 2);
    for (let song = 0; song < songs.n; song++) places.set([songs.x[song], songs.y[song]], song * 2);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.attribute("place", 2, gl.FLOAT, false, 8));
    gl.bufferData(gl.ARRAY_BUFFER, places, gl.STATIC_DRAW);
    this.colours = this.attribute("colour", 3, gl.UNSIGNED_BYTE, true, 4);
    this.standing = this.attribute("look", 1, gl.UNSIGNED_BYTE, false, 1);
    this.order = gl.createBuffer();
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  attribute(name, size, type, normal, stride) {
    const { gl } = this,
      buffer = gl.createBuffer(),
      at = gl.getAttribLocation(this.program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, type, normal, stride, 0);
    return buffer;
  }

  paint(colours) {
    this.painted = colours;
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.colours);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, colours.paint, this.gl.STATIC_DRAW);
  }

  look(looks) {
    const { gl } = this;
    this.looks = looks;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.standing);
    gl.bufferData(gl.ARRAY_BUFFER, looks, gl.STATIC_DRAW);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.order);
    this.layers = layered(looks);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, this.layers.order, gl.STATIC_DRAW);
  }

  draw(view, pen) {
    const { gl, at, canvas, songs } = this;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!songs.n) return;
    gl.useProgram(this.program);
    gl.uniform2f(at.middle, view.x, view.y);
    gl.uniform2f(at.half_size, view.width / 2 / view.scale, view.height / 2 / view.scale);
    gl.uniform1f(at.radius, pen.radius * pen.density);
    gl.uniform1f(at.thick, pen.density);
    gl.uniform1f(at.solid, pen.solid);
    gl.uniform3fv(
      at.ink,
      pen.ink.map((part) => part / 255),
    );
    gl.uniform3fv(
      at.faint,
      pen.faint.map((part) => part / 255),
    );
    for (const [from, to] of spans(this.layers, pen.share))
      gl.drawElements(gl.POINTS, to - from, gl.UNSIGNED_INT, from * 4);
  }
}

function program(gl, ...sources) {
  const made = gl.createProgram();
  [gl.VERTEX_SHADER, gl.FRAGMENT_SHADER].forEach((kind, at) => {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, sources[at]);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  });
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(made));
  gl.useProgram(made);
  return made;
}

// The songs look by look, those that stand out last, each look in a mixed order: none lies on top because it was read
// last, and the first songs of a look are a fair sample of it.
function layered(looks) {
  const n = looks.length,
    starts = new Uint32Array(LAYERS + 1),
    order = new Uint32Array(n),
    stride = coprime(n);
  for (const look of looks) starts[(look & 3) + 1]++;
  for (let layer = 0; layer < LAYERS; layer++) starts[layer + 1] += starts[layer];
  const next = starts.slice();
  for (let turn = 0, song = 0; turn < n; turn++, song = (song + stride) % n) order[next[looks[song] & 3]++] = song;
  return { order, starts };
}

// From where to where each look's share lies in the order.
function spans({ starts }, share) {
  return Array.from({ length: LAYERS }, (_, layer) => [
    starts[layer],
    starts[layer] + Math.ceil((starts[layer + 1] - starts[layer]) * share),
  ]);
}

function coprime(n) {
  const shared = (a, b) => (b ? shared(b, a % b) : a);
  let stride = Math.max(1, Math.floor(n * 0.618));
  while (n > 1 && shared(n, stride) !== 1) stride++;
  return stride;
}

class PlainPoints {
  constructor(canvas, songs) {
    Object.assign(this, { canvas, songs, name: "canvas", pen: canvas.getContext("2d") });
  }

  paint(colours) {
    this.colours = colours;
  }

  look(looks) {
    const { paint } = this.colours;
    this.looks = looks;
    this.layers = layered(looks);
    this.styles = Array.from(
      { length: this.songs.n },
      (_, song) => `rgb(${paint[song * 4]},${paint[song * 4 + 1]},${paint[song * 4 + 2]})`,
    );
  }

  draw(view, { radius, density, solid, share, ink }) {
    const { pen, songs, looks, layers, styles } = this,
      [left, low, right, high] = view.box();
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, view.width, view.height);
    for (const [from, to] of spans(layers, share)) {
      for (const song of layers.order.subarray(from, to)) {
        const x = songs.x[song],
          y = songs.y[song],
          standing = looks[song] & 3;
        if (x < left || x > right || y < low || y > high) continue;
        pen.globalAlpha = standing === FAINT ? solid * 0.25 : standing === MARKED ? 1 : solid;
        pen.fillStyle = pen.strokeStyle = styles[song];
        this.dot(view.toX(x), view.toY(y), standing === MARKED ? radius + 1.5 : radius, looks[song], ink);
      }
    }
    pen.globalAlpha = 1;
  }

  dot(x, y, radius, look, ink) {
    const { pen } = this;
    if (radius < 2) return pen.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    pen.beginPath();
    pen.arc(x, y, look & GUESSED ? radius * 0.8 : radius, 0, 2 * Math.PI);
    pen.lineWidth = radius * 0.4;
    if (look & GUESSED) pen.stroke();
    else pen.fill();
    if ((look & 3) !== MARKED) return;
    pen.lineWidth = 1;
    pen.strokeStyle = `rgb(${ink})`;
    pen.stroke();
  }
}
