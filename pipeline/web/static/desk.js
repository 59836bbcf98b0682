// What every page of the desk shares: forms sent in the background, keys, the help, notices.
//
// A page works without any of it. A page's own script imports what it needs:
//
//   import * as desk from "./desk.js";
//   desk.keys({ j: next, k: previous, "Ctrl+Enter": save });
//
// In markup, with no script of the page's own:
//   <form data-quick>            sent by fetch; see `send`
//   <button data-key="a">        pressed by the key; so are links, and fields get the focus
//   <input data-submit>          sends its form when changed

// ── Forms ───────────────────────────────────────────────────────────────────────────────────────

// Post `fields` to a path of the desk. Resolves to the answer, {ok, status, parts, go?}, with its
// parts in place; never rejects: what goes wrong is a notice, and {ok: false}.
export async function post(action, fields = {}) {
  let response;
  try {
    response = await fetch(action, {
      method: "POST",
      headers: { "X-Desk": "1", Accept: "application/json" },
      body: fields instanceof FormData ? new URLSearchParams(fields) : new URLSearchParams(Object.entries(fields)),
    });
  } catch {
    notice("lost");
    return { ok: false, status: 0, parts: {} };
  }
  let answer;
  try {
    answer = await response.json();
  } catch {
    // A page where an answer was expected: a page that knows only plain forms sent us there.
    if (response.ok && response.redirected) location.assign(response.url);
    else notice("odd");
    return { ok: false, status: response.status, parts: {} };
  }
  answer = { parts: {}, ...answer, ok: response.ok, status: response.status };
  apply(answer.parts);
  if (answer.go) location.assign(answer.go);
  return answer;
}

// Send a form as the browser would, but in the background. Fires on the form
//   desk:send    before; `detail` is {form, submitter}; preventDefault() stops it
//   desk:answer  after; `detail` is the answer, with the form and its fields
// Both bubble. While it is under way the form is aria-busy, and is not sent twice.
export async function send(form, submitter = null) {
  if (form.ariaBusy === "true") return null;
  const asked = { bubbles: true, cancelable: true, detail: { form, submitter } };
  if (!form.dispatchEvent(new CustomEvent("desk:send", asked))) return null;
  const fields = new FormData(form, submitter);
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  form.ariaBusy = "true";
  const answer = await post(action, fields);
  form.ariaBusy = null;
  // The answer may have taken the form away; then who listens higher up still hears of it.
  const heard = form.isConnected ? form : document;
  heard.dispatchEvent(new CustomEvent("desk:answer", { bubbles: true, detail: { ...answer, form, fields } }));
  return answer;
}

// Put each part, id -> markup or null, in the place of the element with that id. The focus stays
// where it was: on the element of the same id or name, else on the new part.
export function apply(parts) {
  for (const [id, markup] of Object.entries(parts)) {
    const old = document.getElementById(id);
    if (!old) continue;
    if (markup === null) {
      old.remove();
      continue;
    }
    const held = old.contains(document.activeElement) ? document.activeElement : null;
    const holder = document.createElement("template");
    holder.innerHTML = markup; // drawn and escaped by the desk itself
    const fresh = holder.content.firstElementChild;
    old.replaceWith(holder.content);
    if (held && fresh) refocus(fresh, held);
  }
}

function refocus(part, held) {
  const same =
    (held.id && document.getElementById(held.id)) ||
    (held.name && part.querySelector(`[name="${CSS.escape(held.name)}"]`)) ||
    (held.dataset.key && part.querySelector(`[data-key="${CSS.escape(held.dataset.key)}"]`));
  if (same) {
    same.focus({ preventScroll: true });
  } else if (part.id !== "notice") {
    part.tabIndex = -1;
    part.focus({ preventScroll: true });
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-quick]")) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// ── Notices ─────────────────────────────────────────────────────────────────────────────────────

// Show a notice that the page came with: the content of <template id="notice-NAME">.
export function notice(name) {
  const template = document.getElementById(`notice-${name}`);
  document.getElementById("notice")?.replaceWith(template.content.cloneNode(true));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) document.getElementById("notice").hidden = true;
});

// ── Keys ────────────────────────────────────────────────────────────────────────────────────────

const layers = []; // {map, within}, the last added first
let begun = ""; // "g", while the second key of "g q" is waited for
let begunAt = 0;

// Let keys do things. `map`: key -> function(event); a key is as KeyboardEvent.key has it ("j",
// "G", "Enter", "ArrowDown"), with "Ctrl+" before it (Cmd on a Mac), or two after another ("g q").
// Ctrl keys and Escape are heard in fields too; no other is. The map added last is asked first; a
// function that returns false leaves the key to the next. While a dialog is open, only maps that
// were added for it (`within`) are asked. Returns a function that takes the map back.
export function keys(map, within = null) {
  const layer = { map, within };
  layers.unshift(layer);
  return () => layers.splice(layers.indexOf(layer), 1);
}

// The element that a key presses by its data-key: in the open dialog where there is one, else in
// the row that is [data-current], else anywhere but in another [data-row].
export function keyed(name) {
  const open = openDialog();
  const found = [...(open ?? document).querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].filter(
    (one) => one.checkVisibility() && !one.disabled && !one.closest("[data-row]:not([data-current])"),
  );
  return found.find((one) => one.closest("[data-current]")) ?? found[0] ?? null;
}

const openDialog = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? null;

// What a Chinese keyboard layout gives for keys that the desk listens to.
const WIDE = { "？": "?", "、": "/", "／": "/" };

function nameOf(event) {
  // An input method that is on may hide the letter, but not the key.
  const hidden = event.key === "Process" && /^Key[A-Z]$/.test(event.code);
  const letter = hidden ? event.code[3].toLowerCase() : event.key;
  const name = WIDE[letter] ?? letter;
  // With Ctrl the case says nothing: it may be the Caps Lock's.
  const control = event.ctrlKey || event.metaKey;
  return control ? `Ctrl+${name.length === 1 ? name.toLowerCase() : name}` : name;
}

const UNTYPED = "[type=checkbox], [type=radio], [type=button], [type=submit], [type=reset]";
const isTyping = (element) =>
  element.isContentEditable || element.matches?.(`textarea, select, input:not(${UNTYPED})`);

function press(name, event) {
  const open = openDialog();
  for (const { map, within } of layers) {
    if (open !== within && open !== null) continue;
    if (within !== null && open === null) continue;
    if (Object.hasOwn(map, name) && map[name](event) !== false) return true;
  }
  const target = keyed(name);
  if (target === null) return false;
  if (isTyping(target)) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const name = nameOf(event);
  const heardAnywhere = name.startsWith("Ctrl+") || name === "Escape";
  if (!heardAnywhere && (isTyping(event.target) || !keysOn())) return;
  const both = begun && event.timeStamp - begunAt < 1500 ? `${begun} ${name}` : "";
  begun = "";
  if ((both && press(both, event)) || press(name, event)) event.preventDefault();
  else if (!event.repeat && begins(name)) [begun, begunAt] = [name, event.timeStamp];
});

const begins = (name) =>
  layers.some(({ map }) => Object.keys(map).some((key) => key.startsWith(`${name} `))) ||
  document.querySelector(`[data-key^="${CSS.escape(name)} "]`) !== null;

// Escape leaves a field, so that the keys are heard again.
keys({
  Escape: (event) => (isTyping(event.target) ? event.target.blur() : false),
});

// ── Help ────────────────────────────────────────────────────────────────────────────────────────

const list = document.getElementById("keys"); // not there before the login

// Somebody who speaks to the machine, or whose hands slip, can switch single keys off.
const keysOn = () => localStorage.getItem("keys") !== "off";

// Open or close the list of keys.
export function help() {
  if (list.open) list.close();
  else list.showModal();
}

if (list) {
  keys({ "?": help }, list);
  const box = document.getElementById("keys-on");
  box.checked = keysOn();
  box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href="#keys"], [data-dismiss]');
  if (!link) return;
  event.preventDefault();
  if (link.matches("[data-dismiss]")) link.closest("dialog").close();
  else help();
});

// ── Theme ───────────────────────────────────────────────────────────────────────────────────────

document.addEventListener("desk:send", ({ detail: { form, submitter } }) => {
  if (form.getAttribute("id") === "theme") document.documentElement.dataset.theme = submitter.value;
});

// ── Ready ───────────────────────────────────────────────────────────────────────────────────────

// A key that is pressed before the scripts listen is lost. By this event all of them do, the
// page's own too; who drives the desk by script waits for the mark.
document.addEventListener("DOMContentLoaded", () => (document.documentElement.dataset.ready = ""));
