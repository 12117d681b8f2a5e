// Songs added from a file: it is sent as it is, and how far the server is with it is shown as it tells.

const KINDS = {
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  json: "application/json",
  jsonl: "application/x-ndjson",
  ndjson: "application/x-ndjson",
};
const of = (id) => document.getElementById(id);
const form = of("add-songs");

const number = (count) => count.toLocaleString("en");
const songs = (count) => (count === 1 ? "1 song" : `${number(count)} songs`);

// The events of an answer, one a line, as they come.
async function* events(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    const lines = (rest + (value ?? "")).split("\n");
    rest = done ? "" : lines.pop();
    for (const line of lines) if (line) yield JSON.parse(line);
    if (done) return;
  }
}

function progress(event) {
  const bar = of("adding-bar"),
    whole = event.waiting ? event.waiting : event.expected,
    done = event.waiting ? event.filled : event.read;
  if (whole && done <= whole) Object.assign(bar, { max: whole, value: done });
  else bar.removeAttribute("value");
  of("adding-what").textContent = event.waiting
    ? `Reading ${number(event.filled)} of ${number(event.waiting)} texts`
    : `${songs(event.read ?? 0)} read${event.expected ? ` of ${number(event.expected)}` : ""}`;
}

function told(event) {
  const parts = [`${songs(event.added)} added`];
  if (event.changed) parts.push(`${number(event.changed)} changed`);
  if (event.unchanged) parts.push(`${number(event.unchanged)} known already`);
  if (event.lost) parts.push(`${number(event.lost)} could not be read: ${event.losses.slice(0, 3).join("; ")}`);
  const link = document.createElement("a");
  Object.assign(link, { href: "/library", textContent: "See what is there now" });
  of("added").replaceChildren(`${parts.join(", ")}. `, link);
}

async function sent(file) {
  const ending = file.name.toLowerCase().split(".").pop();
  if (!KINDS[ending]) throw new Error(`${file.name} is none of ${Object.keys(KINDS).join(", ")}`);
  const answer = await fetch("/api/v1/adds", { method: "POST", body: file, headers: { "content-type": KINDS[ending] } });
  if (!answer.ok) throw new Error((await answer.json()).error?.message ?? `the server answered ${answer.status}`);
  for await (const event of events(answer)) {
    if (event.event === "error") throw new Error(event.error.message);
    if (event.event === "done") return told(event);
    progress(event);
  }
  throw new Error("the server stopped telling how far it is; what it had read is kept");
}

form.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button"),
    file = of("catalogue").files[0];
  button.disabled = true;
  of("adding").hidden = false;
  of("adding-bar").removeAttribute("value");
  of("adding-what").textContent = `Sending ${file.name}`;
  of("added").textContent = "";
  try {
    await sent(file);
  } catch (error) {
    of("added").textContent = `Not all was added: ${error.message}`;
  } finally {
    button.disabled = false;
    of("adding").hidden = true;
  }
});
