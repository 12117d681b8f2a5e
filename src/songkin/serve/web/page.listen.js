// Listening: a song plays as soon as its player is opened, and only one plays at a time.
export function listening() {
  document.addEventListener("toggle", ({ target }) => {
    if (!(target instanceof HTMLDetailsElement) || !target.classList.contains("listen")) return;
    const player = target.querySelector("audio");
    if (target.open) player?.play().catch(() => { /* the browser wants a click on the player itself */ });
    else player?.pause();
  }, true);
  document.addEventListener("play", ({ target }) => {
    for (const other of document.querySelectorAll("audio")) if (other !== target) other.pause();
  }, true);
}
