// The switch between light and dark. What is chosen is kept in this browser; what the system has holds until then.
const dark = matchMedia("(prefers-color-scheme: dark)");

const shown = () => document.documentElement.dataset.light ?? (dark.matches ? "dark" : "light");

export function lightSwitch(button) {
  const told = () => button.setAttribute("aria-pressed", String(shown() === "dark"));
  button.setAttribute("aria-label", "Dark colours");
  button.hidden = false;
  told();
  dark.addEventListener("change", told);
  button.addEventListener("click", () => {
    const next = shown() === "dark" ? "light" : "dark";
    document.documentElement.dataset.light = next;
    try { localStorage.setItem("light", next); } catch { /* storage is switched off: it holds for this view */ }
    told();
  });
}
