// What the page does beyond plain links and forms: every view works without it.
import { lightSwitch } from "./page.toggle.js";
import { announced } from "./page.said.js";
import { sliders } from "./page.sliders.js";
import { listening } from "./page.listen.js";
import { chips } from "./page.chips.js";

lightSwitch(document.getElementById("light"));
announced(document.getElementById("said"));
sliders();
listening();
chips();
