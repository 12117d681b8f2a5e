// The editor of a playlist: songs moved by drag or by keys, kept on the server a moment later. Without this script the
// buttons of the form do the same, one at a time.

import { say } from "./page.said.js";

const WAIT = 500; // ms after the last move until the order is kept
const form = document.getElementById("editor");
const list = document.getElementById("songs");
let keeping = 0;
let held = null;

const songs = () => [...list.children];
const titleOf = (song) => song.querySelector(".title").textContent;
const grip = (song) => song.querySelector(".grip");

function placed() {
  const all = songs();
  all.forEach((song, at) => {
    song.querySelector(".place").textContent = at + 1;
    for (const button of song.querySelectorAll(".moves button")) button.value = at + 1;
    song.querySelector("[name=up]").disabled = at === 0;
    song.querySelector("[name=down]").disabled = at === all.length - 1;
  });
  for (const own of document.querySelectorAll("form")) {
    if (own.elements.ids) own.elements.ids.value = JSON.stringify(all.map((song) => song.dataset.id));
    if (own.elements.pins) own.elements.pins.value = JSON.stringify(all.filter(isPinned).map((song) => song.dataset.id));
  }
}

const isPinned = (song) => "pinned" in song.dataset;

function pin(song, on) {
  const button = song.querySelector(".pin");
  if (on) song.dataset.pinned = "";
  else delete song.dataset.pinned;
  button.name = on ? "unpin" : "pin";
  button.setAttribute("aria-pressed", String(on));
}

// Put a song at a place, counted from 0, and say where it is now.
function move(song, to) {
  const all = songs(),
    at = all.indexOf(song),
    place = Math.max(0, Math.min(all.length - 1, to));
  if (place === at) return say(`${titleOf(song)} is ${at ? "the last" : "the first"} song.`);
  list.insertBefore(song, all[place > at ? place + 1 : place] ?? null);
  pin(song, true);
  changed(`${titleOf(song)} moved to place ${place + 1} of ${all.length}.`);
}

function changed(said) {
  placed();
  say(said);
  clearTimeout(keeping);
  keeping = setTimeout(keep, WAIT);
}

async function keep() {
  keeping = 0;
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams(new FormData(form)),
  }).catch(() => null);
  if (!answer?.ok) {
    const told = await answer?.json().catch(() => null);
    return say(`Not kept: ${told?.error?.message ?? "the server does not answer"}. Reload the page to see what is.`);
  }
  await drawn();
}

// Draw again what depends on the order: the arc, the sums, and why songs are there.
async function drawn() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || keeping) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["arc", "sums"]) {
    const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
    if (old && now) old.replaceWith(document.adoptNode(now));
  }
}

function taken(song) {
  const next = song.nextElementSibling ?? song.previousElementSibling,
    title = titleOf(song);
  song.remove();
  changed(`${title} taken out.`);
  if (next) next.querySelector("[name=remove]").focus();
}

const STEPS = {
  ArrowUp: (at) => at - 1,
  ArrowDown: (at) => at + 1,
  Home: () => 0,
  End: () => list.children.length - 1,
};

function keyed(event) {
  const song = event.target.closest("li");
  if (!event.target.closest(".grip") || !song || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Delete") {
    event.preventDefault();
    return taken(song);
  }
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  move(song, step(songs().indexOf(song)));
  grip(song).focus();
  song.scrollIntoView({ block: "nearest" });
}

function pressed(event) {
  const button = event.target.closest(".moves button"),
    song = button?.closest("li");
  if (!song) return;
  event.preventDefault();
  const at = songs().indexOf(song);
  if (button.name === "remove") return taken(song);
  if (button.name === "up" || button.name === "down") {
    move(song, at + (button.name === "up" ? -1 : 1));
    return (button.disabled ? grip(song) : button).focus();
  }
  pin(song, button.name === "pin");
  changed(`${titleOf(song)} ${isPinned(song) ? "pinned: it stays where the rest is made anew" : "no longer pinned"}.`);
}

// -- drag, with mouse or finger

function grabbed(event) {
  const own = event.target.closest(".grip");
  if (!own || event.button !== 0) return;
  event.preventDefault();
  own.focus();
  own.setPointerCapture(event.pointerId);
  const song = own.closest("li");
  held = { song, id: event.pointerId, from: songs().indexOf(song) };
  song.classList.add("held");
}

function dragged(event) {
  if (!held || event.pointerId !== held.id) return;
  const others = songs().filter((song) => song !== held.song),
    below = others.find((song) => {
      const box = song.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
  if ((below ?? null) !== held.song.nextElementSibling) {
    list.insertBefore(held.song, below ?? null);
    grip(held.song).setPointerCapture(held.id); // moving an element lets go of the pointer
  }
  const edge = 60;
  if (event.clientY < edge) scrollBy(0, -12);
  else if (event.clientY > innerHeight - edge) scrollBy(0, 12);
}

function released(event) {
  if (!held || event.pointerId !== held.id) return;
  const { song, from } = held,
    at = songs().indexOf(song);
  song.classList.remove("held");
  held = null;
  if (at === from) return;
  pin(song, true);
  changed(`${titleOf(song)} moved to place ${at + 1} of ${list.children.length}.`);
}

for (const song of songs()) grip(song).hidden = false;
document.getElementById("how").hidden = !list.children.length;
list.addEventListener("keydown", keyed);
list.addEventListener("click", pressed);
list.addEventListener("pointerdown", grabbed);
list.addEventListener("pointermove", dragged);
for (const end of ["pointerup", "pointercancel"]) list.addEventListener(end, released);
// What is not kept yet goes along when the page is left.
addEventListener("pagehide", () => {
  if (keeping) navigator.sendBeacon(form.action, new URLSearchParams(new FormData(form)));
});
