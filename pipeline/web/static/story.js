// One story by keys, and what is typed kept: first in this browser, then at the desk.
//
// Every stroke is in this browser's storage before the desk has it, and stays there until the desk
// says that it does: a lost connection, an ended login or a crash take nothing away.

import * as desk from "./desk.js";
import { choose } from "./chooser.js";

const QUIET = 700; // milliseconds without a stroke, after which what is typed is sent
const AGAIN = 5000; // until the next try, where the desk cannot be reached

let timer = null;
let sending = null; // the promise of what is on its way to the desk
let leaving = false; // the page that comes next may have been made before the desk had it all

const form = () => document.getElementById("story-edit");
const place = `typed:${form().dataset.place}`;
const NAMES = ["title", "source", "section", "url", "tags", "links", "summary", "translate"];

// ── What is typed ───────────────────────────────────────────────────────────────────────────────

function read() {
  const all = new FormData(form());
  return Object.fromEntries(NAMES.map((name) => [name, String(all.getAll(name).at(-1) ?? "").replaceAll("\r\n", "\n")]));
}

function fill(values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form().querySelector(`[name="${name}"]:not([type=hidden])`);
    if (!field) continue;
    if (field.type === "checkbox") field.checked = value === "1";
    else field.value = value;
  }
}

const kept = () => {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
};

function keep() {
  const seen = form().querySelector("[name=seen]").value;
  try {
    localStorage.setItem(place, JSON.stringify({ seen, form: read() }));
  } catch {
    // A full or forbidden storage: the desk still gets it.
  }
}

const forget = () => localStorage.removeItem(place);

// The desk has it. The next page tells for itself whether it does, see `restore`.
const arrived = () => leaving || forget();

function typed() {
  leaving = false;
  keep();
  compare();
  clearTimeout(timer);
  timer = setTimeout(hand, QUIET);
}

// Hand what is typed to the desk.
async function hand() {
  clearTimeout(timer);
  if (sending) {
    timer = setTimeout(hand, QUIET);
    return;
  }
  const values = read();
  sending = post(values);
  const answer = await sending;
  sending = null;
  if (!answer) {
    say("typed-kept");
    timer = setTimeout(hand, AGAIN);
  } else if (JSON.stringify(read()) === JSON.stringify(values)) {
    arrived();
    desk.apply(answer.parts);
  }
}

// The desk's answer; null where it cannot be reached, or says no.
async function post(values) {
  try {
    const response = await fetch(form().dataset.typed, {
      method: "POST",
      headers: { "X-Desk": "1", Accept: "application/json" },
      body: new URLSearchParams({ ...values, ...hidden() }),
    });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

const hidden = () => ({
  seen: form().querySelector("[name=seen]").value,
  view: form().querySelector("[name=view]").value,
});

function say(name) {
  const line = document.querySelector("#typed > .meta:last-child");
  line.replaceChildren(document.getElementById(name).content.cloneNode(true));
}

document.addEventListener("input", (event) => {
  if (event.target.form === form()) typed();
});
addEventListener("online", () => kept() && hand());
addEventListener("beforeunload", () => {
  leaving = true;
});
addEventListener("pagehide", () => {
  // The last strokes before the page goes: they are in storage, and sent on the way out too.
  if (kept()) navigator.sendBeacon(form().dataset.typed, new URLSearchParams({ ...read(), ...hidden() }));
});

// What the desk never got, from before: back into the fields.
function restore() {
  const before = kept();
  if (!before) return;
  if (JSON.stringify(before.form) === JSON.stringify(read())) return forget();
  fill(before.form);
  compare();
  form().querySelector("[name=seen]").value = before.seen;
  say("typed-restored");
  hand();
}

document.addEventListener("desk:answer", ({ detail }) => {
  if (detail.form?.id !== "story-edit") return;
  if (detail.ok) arrived();
  else timer = setTimeout(hand, AGAIN);
});
// A save goes after what is on its way, which would else count as typed after it.
document.addEventListener("desk:send", (event) => {
  const { form: sent, submitter } = event.detail;
  if (sent.id !== "story-edit") return;
  clearTimeout(timer);
  if (sending) {
    event.preventDefault();
    sending.then(() => desk.send(sent, submitter));
  } else if (submitter?.id === "discard") {
    forget();
  }
});

// ── The fields ──────────────────────────────────────────────────────────────────────────────────

const besides = () => [...form().querySelectorAll("[data-beside]")];
const textOf = (beside) => beside.querySelector("template").content.textContent;

// What stands beside a field shows where the two differ.
function compare() {
  const values = read();
  for (const one of besides()) one.hidden = values[one.dataset.beside] === textOf(one);
}

document.addEventListener("click", (event) => {
  const beside = event.target.closest("button[name=take]")?.closest("[data-beside]");
  if (!beside) return;
  event.preventDefault();
  const name = beside.dataset.beside;
  form().querySelector(`#field-${name}`).focus();
  fill({ [name]: textOf(beside) });
  typed();
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (field.id === "field-title" && event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault(); // a headline is one line
  }
  if (field.id !== "field-links" || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  moveLine(field, event.key === "ArrowUp" ? -1 : 1);
  typed();
});

// Change the line of the caret for the one above or below it.
function moveLine(field, by) {
  const lines = field.value.split("\n");
  const before = field.value.slice(0, field.selectionStart).split("\n");
  const at = before.length - 1;
  const to = at + by;
  if (to < 0 || to >= lines.length) return;
  [lines[at], lines[to]] = [lines[to], lines[at]];
  field.value = lines.join("\n");
  const start = lines.slice(0, to).join("\n").length + (to > 0 ? 1 : 0);
  field.setSelectionRange(start + before[at].length, start + before[at].length);
}

// ── Folded in when it is asked for ──────────────────────────────────────────────────────────────

document.getElementById("why-fold").addEventListener("toggle", async (event) => {
  const why = document.querySelector("#why[data-load]");
  if (!event.target.open || !why) return;
  why.ariaBusy = "true";
  try {
    const response = await fetch(why.dataset.load, { headers: { "X-Desk": "1", Accept: "application/json" } });
    desk.apply((await response.json()).parts);
  } catch {
    desk.notice("lost");
  }
});

// ── Keys ────────────────────────────────────────────────────────────────────────────────────────

const press = (name) => form().querySelector(`.saves button[name="do"][value="${name}"]`).click();
const isTyping = (element) => element.matches("textarea, select, input:not([type=checkbox])");

async function reject() {
  const reason = await choose("reasons", document.getElementById("decide"));
  if (reason === null) return;
  const decide = document.getElementById("decide");
  decide.querySelector("[name=reason]").value = reason === "none" ? "" : reason;
  desk.send(decide, decide.querySelector('[value="reject"]'));
}

desk.keys({
  "Ctrl+Enter": () => press("accept"),
  "Ctrl+s": () => press("save"),
  e: () => document.getElementById("field-title").focus(),
  r: () => void reject(),
  o: () => document.querySelector(".story-title a")?.click(),
  Escape: (event) => (isTyping(event.target) ? false : document.getElementById("to-queue").click()),
});

document.addEventListener("click", (event) => {
  if (!event.target.closest('#decide [value="reject"]') || !document.getElementById("reasons")) return;
  if (event.isTrusted) {
    event.preventDefault();
    reject();
  }
});

restore();
