// Light or dark as chosen before, set before anything is painted; as the system has it where nothing was chosen.
{
  let chosen = null;
  try { chosen = localStorage.getItem("light"); } catch { /* storage is switched off: the system's choice holds */ }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.light = chosen;
}
