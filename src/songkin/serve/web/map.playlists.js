// Songs as playlist files.
//
// A song is { id, title, artist, audio, ... }; what is unknown is null. M3U8 can only name files: a song without one is
// left as a comment that says who it is. XSPF and JSPF hold title and artist, so that any player can look a song up.

function oneLine(text) {
  return String(text ?? "")
    .replace(/[\s\u0000-\u001f\u007f]+/g, " ")
    .trim();
}

function called(song) {
  return song.artist ? `${oneLine(song.artist)} - ${oneLine(song.title)}` : oneLine(song.title);
}

function m3u8(songs, name) {
  const lines = ["#EXTM3U", `#PLAYLIST:${oneLine(name)}`];
  for (const song of songs) {
    lines.push(`#EXTINF:${Math.round(song.duration_s ?? -1)},${called(song)}`);
    if (song.audio) lines.push(/^[#\s]/.test(song.audio) ? `./${song.audio}` : song.audio);
  }
  return `${lines.join("\n")}\n`;
}

// Text inside XML: what XML 1.0 cannot hold is left out.
function xml(text) {
  const held = String(text).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");
  return held.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

// A song's id as the address that XSPF asks for.
function address(id) {
  return `urn:songkin:${encodeURIComponent(String(id).toWellFormed?.() ?? id)}`;
}

function location(audio) {
  const slashed = audio.replaceAll("\\", "/");
  const whole = /^[A-Za-z]:\//.test(slashed) ? `/${slashed}` : slashed;
  return (
    (whole.startsWith("/") ? "file://" : "") +
    whole
      .split("/")
      .map(encodeURIComponent)
      .join("/")
      .replace(/^file:\/\/\/([A-Za-z])%3A\//, "file:///$1:/")
  );
}

function xspf(songs, name) {
  const field = (tag, text) =>
    text === null || text === undefined || text === "" ? [] : [`      <${tag}>${xml(text)}</${tag}>`];
  const tracks = songs.map((song) =>
    [
      "    <track>",
      ...field("location", song.audio && location(song.audio)),
      ...field("identifier", address(song.id)),
      ...field("title", song.title),
      ...field("creator", song.artist),
      ...field("duration", song.duration_s && Math.round(song.duration_s * 1000)),
      "    </track>",
    ].join("\n"),
  );
  const head = ['<?xml version="1.0" encoding="UTF-8"?>', '<playlist version="1" xmlns="http://xspf.org/ns/0/">'];
  return [
    ...head,
    `  <title>${xml(name)}</title>`,
    "  <trackList>",
    ...tracks,
    "  </trackList>",
    "</playlist>",
    "",
  ].join("\n");
}

function jspf(songs, name) {
  const track = songs.map((song) => ({
    ...(song.audio && { location: [location(song.audio)] }),
    identifier: [address(song.id)],
    title: song.title,
    ...(song.artist && { creator: song.artist }),
    ...(song.duration_s && { duration: Math.round(song.duration_s * 1000) }),
  }));
  return `${JSON.stringify({ playlist: { title: name, track } }, null, 2)}\n`;
}

const SAID = ["id", "title", "artist", "year", "genre", "mood", "language", "valence", "energy"];
const FOUND = ["predicted_genre", "predicted_mood", "predicted_valence", "predicted_energy", "theme_fine"];

// What songkin found out itself stands in columns that `songkin add` takes for nothing a song was given.
function csv(songs) {
  const cell = (value) =>
    /[",\r\n]/.test(value ?? "") ? `"${String(value).replaceAll('"', '""')}"` : String(value ?? "");
  const columns = [...SAID, ...FOUND];
  return [columns, ...songs.map((song) => columns.map((column) => song[column]))]
    .map((row) => `${row.map(cell).join(",")}\r\n`)
    .join("");
}

export const FORMATS = {
  xspf: { name: "XSPF", kind: "application/xspf+xml", write: xspf },
  jspf: { name: "JSPF", kind: "application/json", write: jspf },
  m3u8: { name: "M3U8", kind: "audio/x-mpegurl", write: m3u8 },
  csv: { name: "CSV", kind: "text/csv", write: csv },
};

// What a user should know before saving songs in a format; '' = nothing.
export function caution(format, songs) {
  const without = songs.filter((song) => !song.audio).length;
  if (format !== "m3u8" || !without) return "";
  const who = without === songs.length ? "These songs have" : `${without.toLocaleString("en")} of these songs have`;
  return `${who} no audio file here; M3U8 then holds only their names. XSPF and JSPF let a player look them up.`;
}

// A file name from a playlist's name, for every file system.
export function fileName(name, format) {
  const plain = oneLine(name)
    .replace(/[\\/:*?"<>|]/g, "-")
    .replace(/^[.\s]+|[.\s]+$/g, "")
    .slice(0, 80);
  return `${plain || "playlist"}.${format}`;
}
