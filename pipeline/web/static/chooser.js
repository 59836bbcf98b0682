// A small chooser beside a row: a dialog with a few buttons, one key each.

import * as desk from "./desk.js";

// Open the dialog of that id at an element. Resolves to the value of the button that was pressed,
// to "none" at once where there is nothing to choose among, and to null where one went away.
export function choose(id, beside) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.querySelectorAll("button").length < 2) return Promise.resolve("none");
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.showModal();
    place(dialog, beside);
    const forget = desk.keys(
      {
        // The button that has the focus, else the one that the key stands for.
        Enter: (event) => (event.target.matches("button") ? (event.target.click(), true) : false),
        ArrowDown: () => step(dialog, 1),
        ArrowUp: () => step(dialog, -1),
        j: () => step(dialog, 1),
        k: () => step(dialog, -1),
      },
      dialog,
    );
    dialog.addEventListener(
      "close",
      () => {
        forget();
        resolve(dialog.returnValue || null);
      },
      { once: true },
    );
  });
}

function step(dialog, by) {
  const buttons = [...dialog.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  buttons[(at + by + buttons.length) % buttons.length].focus();
}

// Below the element where there is room, else above the lower edge.
function place(dialog, beside) {
  const box = beside.getBoundingClientRect();
  const room = innerHeight - dialog.offsetHeight - 16;
  const left = Math.max(16, Math.min(box.right - dialog.offsetWidth, innerWidth - dialog.offsetWidth - 16));
  dialog.style.top = `${Math.max(16, Math.min(box.top + 8, room))}px`;
  dialog.style.left = `${left}px`;
}

// A click beside it goes away.
document.addEventListener("click", (event) => {
  if (event.target.matches?.("dialog.chooser[open]")) event.target.close();
});
