// Chips: one is changed at a time, Escape closes it, and opening it leads the keyboard to its words.
const open = () => [...document.querySelectorAll(".chip .edit[open]")];

export function chips() {
  document.addEventListener("toggle", ({ target }) => {
    if (target instanceof HTMLDetailsElement && target.matches(".chip .edit") && target.open) opened(target);
  }, true);
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    for (const one of open()) {
      one.open = false;
      one.querySelector("summary").focus();
    }
  });
  document.addEventListener("pointerdown", ({ target }) => {
    for (const one of open()) if (!one.contains(target)) one.open = false;
  });
  for (const one of open()) opened(one); // a hand was quicker than this script
}

function opened(chip) {
  for (const other of open()) if (other !== chip) other.open = false;
  within(chip.querySelector(".change"));
  const words = chip.querySelector("input:not([type=hidden])");
  words?.focus();
  words?.select();
}

// Move a sheet that would stick out on the right so far to the left that it is seen whole.
function within(sheet) {
  if (!sheet) return;
  sheet.style.left = "0";
  const beyond = sheet.getBoundingClientRect().right - document.documentElement.clientWidth + 12;
  if (beyond > 0) sheet.style.left = `${-beyond}px`;
}
