// What is drawn over the points: the song that is pointed at, the cross of the keys, the line of a selection.

export function ring(pen, x, y, radius, { ink, paper }) {
  for (const [width, colour] of [
    [5, paper],
    [2, ink],
  ]) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.stroke();
  }
}

export function cross(pen, x, y, { ink, paper }) {
  for (const [width, colour] of [
    [5, paper],
    [2, ink],
  ]) {
    pen.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]) {
      pen.moveTo(x + dx * 5, y + dy * 5);
      pen.lineTo(x + dx * 13, y + dy * 13);
    }
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.stroke();
  }
}

export function outline(pen, line, { mark }) {
  pen.beginPath();
  line.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
  pen.fillStyle = `${mark}22`;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = mark;
  pen.setLineDash([6, 4]);
  pen.stroke();
  pen.setLineDash([]);
}
