// The map as a view of the page: the modules of the map that opens from disk, and selections kept as playlists.

import { element, of } from "./map.card.js";

const MOST = 2000; // songs of one playlist, as the server has it
const root = document.documentElement;

function underTheBar() {
  const bar = document.querySelector(".top");
  new ResizeObserver(() => root.style.setProperty("--bar", `${bar.offsetHeight}px`)).observe(bar);
}

// The page has its own switch between light and dark; the map follows it.
function lit(map) {
  new MutationObserver(() => map.lit()).observe(root, { attributes: true, attributeFilter: ["data-light"] });
}

async function kept(name, ids) {
  const answer = await fetch("/playlists/keep", {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({ name, ids: JSON.stringify(ids) }),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error?.message ?? `the server answered ${answer.status}`);
  return told;
}

function link(text, address) {
  const made = element("a", text);
  made.href = address;
  return made;
}

// A button that keeps the selection on the server, beside the one that downloads it.
function keeper(map) {
  const button = element("button", "Keep as playlist", "main"),
    { chosen } = map;
  button.id = "keep";
  button.type = "button";
  of("save").textContent = "Download";
  of("save").className = "plain";
  of("save").parentElement.append(button);
  button.addEventListener("click", async () => {
    if (chosen.order.length > MOST) return say(map, `A playlist holds ${MOST.toLocaleString("en")} songs at most.`);
    button.disabled = true;
    try {
      const told = await kept(of("name").value, chosen.order.map((song) => map.songs.ids[song]));
      say(map, `${told.songs === 1 ? "1 song" : `${told.songs} songs`} kept as `, link(told.name, told.address));
    } catch (error) {
      say(map, `Not kept: ${error.message}`);
    } finally {
      button.disabled = false;
    }
  });
}

function say(map, ...said) {
  of("saving").replaceChildren(...said);
  map.say(of("saving").textContent);
}

// A form that has the map laid out anew; it works as any form does.
function again() {
  const form = element("form"),
    button = element("button", "Lay the map out anew", "plain");
  Object.assign(form, { method: "post", action: "/map/make" });
  form.append(button);
  of("about").append(form);
}

async function begun() {
  underTheBar();
  of("shade").hidden = true;
  of("empty").hidden = false;
  of("empty").textContent = "Reading the songs …";
  try {
    await import("./map.js");
  } catch (error) {
    of("empty").textContent = `The songs of the map could not be read: ${error.message}`;
    throw error;
  }
  lit(globalThis.songMap);
  keeper(globalThis.songMap);
  again();
}

await begun();
