// Short messages: for eyes at the bottom of the window, for screen readers in a live region.
let region = null;
let fading = 0;

export function say(text, { stay = 6000 } = {}) {
  if (!region) return;
  region.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { region.textContent = ""; }, stay);
}

// Say it when a request fails, and do not put an answer that is no page where the page was.
export function announced(place) {
  region = place;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    if ((answer.getResponseHeader("content-type") ?? "").startsWith("text/html")) return;
    event.detail.shouldSwap = false;
    if (answer.status >= 400) say(messageOf(answer));
  });
  document.addEventListener("htmx:afterSettle", () => {
    const told = document.querySelector("[data-news]")?.dataset.news;
    const news = document.getElementById("news");
    if (told && news) news.textContent = told;
  });
  document.addEventListener("htmx:sendError", () => say("The server does not answer. Is songkin serve still running?"));
  document.addEventListener("htmx:timeout", () => say("The server takes too long; try again."));
}

function messageOf(answer) {
  try { return JSON.parse(answer.responseText).error.message; } catch { return `The server answered ${answer.status}; try again.`; }
}
