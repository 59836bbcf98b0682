// The page: walking and moving by keys, dragging, typing that is kept, copying, checking.

import * as desk from "./desk.js";

const board = () => document.getElementById("issue-board");
const rows = () => [...board().querySelectorAll("[data-row]")];
const current = () => board().querySelector("[data-current]");

// ── The current item ────────────────────────────────────────────────────────────────────────────

let at = 0; // its number, for when the item itself went away
let held = ""; // its id

function choose(row, { focus = true } = {}) {
  if (!row) return;
  current()?.removeAttribute("data-current");
  row.setAttribute("data-current", "");
  [at, held] = [rows().indexOf(row), row.id];
  if (!focus) return;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const now = current();
  choose(now ? all[Math.min(Math.max(all.indexOf(now) + by, 0), all.length - 1)] : all[0]);
}

// After the board was drawn anew: the same item again, or the one that took its place.
function recover() {
  if (current() || !held) return;
  const row = document.getElementById(held) ?? rows()[Math.min(at, rows().length - 1)];
  const lost = document.activeElement === document.body || document.activeElement === board();
  choose(row, { focus: lost || document.activeElement === row });
}

document.addEventListener("focusin", ({ target }) => {
  const row = target.closest?.("#issue-board [data-row]");
  if (row && row !== current()) choose(row, { focus: false });
});

// ── One act after another ───────────────────────────────────────────────────────────────────────

// Every act needs what the one before it made of the page: a form is filled in when its turn comes.
let last = Promise.resolve();

function inTurn(act) {
  last = last.then(act).then(recover);
  return last;
}

function move(story, fields) {
  return inTurn(async () => {
    const row = document.getElementById(`story-${story}`);
    if (!row) return;
    await flush();
    await ask("/issue/move", { story, seen: board().dataset.seen, decided: row.dataset.decided, ...fields });
  });
}

async function ask(action, fields) {
  const answer = await desk.post(action, fields);
  if (answer.status === 409) document.getElementById("issue-conflict").showModal?.();
  return answer;
}

document.addEventListener("desk:send", (event) => {
  const { form, submitter } = event.detail;
  const row = form.closest("#issue-board [data-row]");
  if (row && form.getAttribute("action") === "/issue/move") {
    event.preventDefault();
    const { section, way } = Object.fromEntries(new FormData(form, submitter));
    move(row.dataset.story, way ? { way } : { section });
  } else if (row) {
    event.preventDefault();
    inTurn(async () => {
      const fields = { story: row.dataset.story, decided: document.getElementById(row.id)?.dataset.decided ?? 0 };
      await flush();
      await ask(form.getAttribute("action"), fields);
    });
  }
});

document.addEventListener("desk:answer", ({ detail }) => {
  const dialog = document.getElementById("issue-conflict");
  if (detail.status === 409 && !dialog.open) dialog.showModal?.();
  else if (detail.ok && dialog.open) dialog.close();
  recover();
});

function toSection(number) {
  const row = current();
  const section = board().querySelector(`[data-number="${number}"]`);
  if (!row?.dataset.story || !section) return false;
  move(row.dataset.story, { section: section.dataset.section });
  return true;
}

const sections = Object.fromEntries(
  [...Array(9).keys()].map((n) => [`s ${n + 1}`, () => toSection(n + 1)]),
);

desk.keys({
  j: () => step(1),
  k: () => step(-1),
  ...sections,
  "Ctrl+Enter": (event) => {
    const form = event.target.closest?.("#words");
    if (!form) return false;
    desk.send(form);
    return true;
  },
});

// ── Dragging ────────────────────────────────────────────────────────────────────────────────────

let dragged = null;

const unmark = () =>
  document.querySelectorAll(".drop-before, .drop-end").forEach((one) => one.classList.remove("drop-before", "drop-end"));

// Where a drop at this place would put the item: {section, before}, before null at its end.
function target(event) {
  const section = event.target.closest?.(".board-section");
  if (!section) return null;
  const taken = [...section.querySelectorAll("[data-row]:not(.proposed):not(.dragged)")];
  const before = taken.find((row) => {
    const box = row.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  return { section, before: before ?? null };
}

document.addEventListener("dragstart", (event) => {
  const grip = event.target.closest?.(".grip");
  if (!grip) return;
  dragged = grip.closest("[data-row]");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.querySelector(".headline").textContent.trim());
  event.dataTransfer.setDragImage(dragged, 12, 12);
  dragged.classList.add("dragged");
});

document.addEventListener("dragover", (event) => {
  const place = dragged && target(event);
  unmark();
  if (!place) return;
  event.preventDefault();
  if (place.before) place.before.classList.add("drop-before");
  else place.section.classList.add("drop-end");
});

document.addEventListener("drop", (event) => {
  const place = dragged && target(event);
  if (!place) return;
  event.preventDefault();
  choose(dragged, { focus: false });
  move(dragged.dataset.story, {
    section: place.section.dataset.section,
    before: place.before?.dataset.story ?? "",
  });
});

document.addEventListener("dragend", () => {
  unmark();
  dragged?.classList.remove("dragged");
  dragged = null;
});

// ── What is typed is kept ───────────────────────────────────────────────────────────────────────

let waiting = 0; // the timer of what is to be kept
let keeping = null; // the request that keeps it

// Keep what stands in the fields now, if that was not kept yet.
function flush() {
  if (!waiting) return keeping;
  clearTimeout(waiting);
  waiting = 0;
  const form = document.getElementById("words");
  if (form) keeping = keep(new URLSearchParams(new FormData(form)));
  return keeping;
}

async function keep(body) {
  const headers = { "X-Desk": "1" };
  // keepalive: the page may be leaving
  const answer = await fetch("/issue/typed", { method: "POST", headers, body, keepalive: true }).catch(() => null);
  keeping = null;
  if (!answer?.ok) waiting ||= setTimeout(flush, 3000);
}

document.addEventListener("input", (event) => {
  if (!event.target.closest("#words")) return;
  clearTimeout(waiting);
  waiting = setTimeout(flush, 400);
  const state = document.createElement("span");
  state.className = "chip later";
  state.textContent = document.getElementById("field-lead").dataset.typed;
  const shown = document.getElementById("words-state");
  if (shown.textContent !== state.textContent) shown.replaceChildren(state);
  document.getElementById("drop-typed").hidden = false;
});

document.addEventListener("focusout", (event) => event.target.closest?.("#words") && flush());
window.addEventListener("pagehide", flush);

// A form that saves or drops what is typed must come after the last keeping of it.
document.addEventListener("desk:send", (event) => {
  const { form, submitter } = event.detail;
  if (form.id !== "words" || !(waiting || keeping)) return;
  event.preventDefault();
  flush().then(() => desk.send(form, submitter));
});

// ── Copying, checking, findings ─────────────────────────────────────────────────────────────────

async function copy(button) {
  const text = document.getElementById("markdown-text").value;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Only pages of this machine, or over TLS, have a clipboard.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  const label = button.firstChild;
  const before = label.textContent;
  if (before === button.dataset.done) return;
  label.textContent = button.dataset.done;
  setTimeout(() => (label.textContent = before), 1500);
}

function nextFinding() {
  const all = [...document.querySelectorAll("#issue-words .findings, #issue-board .findings")];
  const now = all.findIndex((one) => one.classList.contains("looked-at"));
  all[now]?.classList.remove("looked-at");
  const next = all[(now + 1) % all.length];
  if (!next) return;
  next.classList.add("looked-at");
  const row = next.closest("[data-row]");
  if (row) choose(row);
  else next.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#copy, #next-finding");
  if (button?.id === "copy") copy(button);
  else if (button) nextFinding();
  const line = event.target.closest?.('a[href^="#L"]');
  if (line) document.getElementById("source").open = true;
});

document.addEventListener("desk:send", ({ detail: { form } }) => {
  if (form.id !== "check-links") return;
  const shown = document.getElementById("check-progress");
  shown.textContent = shown.dataset.begun;
  const look = async () => {
    if (form.ariaBusy !== "true") return;
    const told = await fetch("/issue/check").then((answer) => answer.json()).catch(() => null);
    if (told?.words && form.ariaBusy === "true") shown.textContent = told.words;
    setTimeout(look, 700);
  };
  setTimeout(look, 300);
});
