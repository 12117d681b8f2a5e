// Sliders say where they stand while they are moved; what they ask for is sent by the form they are in.
export function sliders() {
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.type !== "range") return;
    const told = target.parentElement?.querySelector("output");
    if (told) told.textContent = `${Number(target.value)}${target.name.startsWith("w.") ? "×" : ""}`;
  });
}
