// The queue by keys: which row is the current one, what is marked, and decisions shown at once.
//
// A decision is shown in its row before the desk has answered, and put back where it fails. What
// the keys of a row press (a, l, e, x) stands in its markup; here is what needs more than a press.

import * as desk from "./desk.js";
import { choose } from "./chooser.js";

const list = document.getElementById("rows");
const batch = document.getElementById("batch");

if (list) begin();
trim(document.querySelector("form.filters"));

function begin() {
  const rows = () => [...list.querySelectorAll(":scope > [data-row]")];
  const numberOf = (row) => row.id.replace("story-", "");
  const isOpen = (row) => row.dataset.state === "proposed" && !row.dataset.pending;
  let current = null; // id of the row; the row itself may be drawn anew
  const undos = []; // {action, fields} of what was done on this page, the last at the end
  const under = new Set(); // answers that are waited for

  // ── The current row ──────────────────────────────────────────────────────────────────────────

  const currentRow = () => (current && document.getElementById(current)) || null;

  function setCurrent(row, { focus = true } = {}) {
    list.querySelector("[data-current]")?.removeAttribute("data-current");
    if (!row) return;
    row.dataset.current = "";
    current = row.id;
    remember(row);
    if (focus) {
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
  }

  function move(step) {
    const all = rows();
    const at = all.indexOf(currentRow());
    const to = all[at + step];
    if (to) setCurrent(to);
    else if (step > 0) document.getElementById("next-page")?.focus();
    else setCurrent(all[0]);
  }

  // To the next row that still waits, from where a decision was made; else stay.
  function moveOn(row) {
    const all = rows();
    const at = all.indexOf(row);
    const next = all.slice(at + 1).find(isOpen);
    if (next) setCurrent(next);
    else if (all.slice(at + 1).length === 0) document.getElementById("next-page")?.focus();
  }

  // Where one was, for when one comes back from a story: it, or what stood behind it.
  function remember(row) {
    const all = rows();
    const behind = all.slice(all.indexOf(row)).map((one) => one.id);
    sessionStorage.setItem("queue", JSON.stringify(behind));
  }

  function remembered() {
    try {
      const ids = [location.hash.slice(1), ...JSON.parse(sessionStorage.getItem("queue") ?? "[]")];
      return ids.map((id) => id && document.getElementById(id)).find((row) => row?.matches("[data-row]"));
    } catch {
      return null;
    }
  }

  list.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && row.id !== current) setCurrent(row, { focus: false });
  });
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && row.id !== current) setCurrent(row, { focus: false });
  });

  // ── Marks ────────────────────────────────────────────────────────────────────────────────────

  const marks = () => [...list.querySelectorAll('input[name="story"][form="batch"]:checked')];
  const markedRows = () => marks().map((box) => box.closest("[data-row]"));

  function count() {
    const number = marks().length;
    document.getElementById("marked").textContent = number;
    batch.toggleAttribute("data-marked", number > 0);
    for (const row of rows()) row.toggleAttribute("data-marked", row.querySelector(".row-mark input").checked);
  }

  function unmark() {
    if (marks().length === 0) return false;
    for (const box of marks()) box.checked = false;
    count();
    return true;
  }

  let lastMarked = null;
  list.addEventListener("click", (event) => {
    const box = event.target.closest(".row-mark input");
    if (!box) return;
    const all = rows();
    const row = box.closest("[data-row]");
    if (event.shiftKey && lastMarked && document.getElementById(lastMarked)) {
      const ends = [all.indexOf(row), all.indexOf(document.getElementById(lastMarked))].sort((a, b) => a - b);
      for (const one of all.slice(ends[0], ends[1] + 1)) one.querySelector(".row-mark input").checked = box.checked;
    }
    lastMarked = row.id;
    count();
  });
  document.getElementById("unmark").addEventListener("click", unmark);

  // ── Decisions ────────────────────────────────────────────────────────────────────────────────

  // The chip of the state that an action leads to, where it leads to one.
  const chipOf = (action) => document.querySelector(`template[data-chip="${CSS.escape(action)}"]`);

  // Show at once how a row will stand.
  function promise(row, action) {
    row.dataset.pending = action;
    const chip = chipOf(action);
    if (!chip) return;
    row.querySelector(".row-state").replaceChildren(chip.content.cloneNode(true));
    row.dataset.state = chip.dataset.state;
  }

  const valueOf = (row) => row.querySelector('.row-acts input[name="story"]').value;

  // Post what was decided on some rows; they show it at once, and are put back where it fails.
  async function decide(action, chosen, fields = {}) {
    const before = chosen.map((row) => [row, row.dataset.state, row.querySelector(".row-state").innerHTML]);
    const wasMarked = chosen.filter((row) => row.querySelector(".row-mark input").checked).map((row) => row.id);
    const values = chosen.map(valueOf).join(" ");
    for (const row of chosen) {
      promise(row, action);
      row.querySelector(".row-mark input").checked = false;
    }
    count();
    if (chosen.includes(currentRow()) && chipOf(action)) moveOn(chosen.at(-1));
    const answer = await post("/queue/decide", { do: action, story: values, ...fields });
    settle(answer);
    if (answer.ok) return;
    for (const [row, state, shown] of before) {
      delete row.dataset.pending;
      row.dataset.state = state;
      row.querySelector(".row-state").innerHTML = shown; // what stood there, drawn by the desk
    }
    for (const id of wasMarked) {
      const box = document.querySelector(`#${CSS.escape(id)} .row-mark input`);
      if (box) box.checked = true;
    }
    count();
    const first = document.getElementById(before[0][0].id);
    if (first) setCurrent(first);
  }

  async function post(action, fields) {
    const answer = desk.post(action, fields);
    under.add(answer);
    try {
      return await answer;
    } finally {
      under.delete(answer);
    }
  }

  // After an answer: rows were drawn anew, and there may be something to undo.
  function settle(answer) {
    const row = currentRow();
    if (row && !("current" in row.dataset)) setCurrent(row, { focus: document.activeElement === document.body });
    count();
    const form = document.querySelector("#notice:not([hidden]) form");
    if (answer.ok && form) undos.push({ action: form.getAttribute("action"), fields: new FormData(form) });
  }

  const chosenRows = () => (marks().length > 0 ? markedRows() : [currentRow()].filter(Boolean));

  async function reject(chosen) {
    if (chosen.length === 0) return;
    const reason = await choose("reasons", chosen[0]);
    if (reason !== null) decide("reject", chosen, reason === "none" ? {} : { reason });
  }

  async function relocate(chosen) {
    if (chosen.length === 0) return;
    const section = await choose("sections", chosen[0]);
    if (section !== null) decide("move", chosen, { section });
  }

  async function merge(into, others) {
    const chosen = [into, ...others.filter((row) => row !== into)].filter(Boolean);
    for (const row of chosen) row.dataset.pending = "merge";
    const answer = await post("/queue/merge", { story: chosen.map(valueOf).join(" ") });
    for (const row of chosen) delete row.dataset.pending;
    const left = chosen.map((row) => document.getElementById(row.id)).find(Boolean);
    settle(answer);
    if (answer.ok && left) setCurrent(left);
  }

  // Take back what was done last, once the desk has said what that was.
  async function undo() {
    await Promise.all(under);
    await null; // so that who waited for the same answer has noted what it did
    const last = undos.pop();
    if (!last) return;
    const answer = await post(last.action, last.fields);
    settle(answer);
    const stories = String(last.fields.get("story")).split(/[\s,]+/).map((one) => one.split(":")[0]);
    const row = document.getElementById(`story-${stories[0]}`);
    if (row) setCurrent(row);
    else if (answer.ok && !answer.go) location.reload(); // it is back, but was not on this page
  }

  // Buttons of rows and of the bar take the same way as the keys.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-decides]")) return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form, event.submitter));
    const row = form.closest("[data-row]");
    const chosen = row ? [row] : markedRows();
    if (chosen.length === 0) return;
    if (fields.do === "merge") merge(chosen[0], chosen);
    else if (row && fields.do === "reject" && form.matches(".row-acts")) reject(chosen);
    else decide(fields.do, chosen, { reason: fields.reason ?? "", section: fields.section ?? "" });
  }, { capture: true });

  // The notice's own undo: what it took back is not to be taken back again.
  document.addEventListener("desk:send", ({ target }) => {
    if (target.closest("#notice")) undos.pop();
  });
  document.addEventListener("desk:answer", ({ detail }) => settle(detail));

  list.addEventListener("click", (event) => {
    const leave = event.target.closest("[data-leave]");
    if (!leave) return;
    event.preventDefault();
    const row = leave.closest("[data-row]");
    leave.closest(".row-conflict").remove();
    setCurrent(row);
  });

  // ── Keys ─────────────────────────────────────────────────────────────────────────────────────

  const onMarked = (act) => () => (marks().length > 0 ? act(markedRows()) : false);

  desk.keys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => (document.activeElement?.closest("#rows") ? move(1) : false),
    ArrowUp: () => (document.activeElement?.closest("#rows") ? move(-1) : false),
    a: onMarked((chosen) => void decide("accept", chosen)),
    l: onMarked((chosen) => void decide("later", chosen)),
    r: () => void reject(chosenRows()),
    s: () => void relocate(chosenRows()),
    m: onMarked((chosen) => void merge(currentRow() ?? chosen[0], chosen)),
    o: () => currentRow()?.querySelector(".row-title a")?.click(),
    d: () => {
      const fold = currentRow()?.querySelector("details");
      if (fold) fold.open = !fold.open;
    },
    u: () => (undos.length > 0 || under.size > 0 ? void undo() : false),
    Escape: (event) => (event.target.matches("input:not([type=checkbox]), select, textarea") ? false : unmark()),
  });

  const form = document.querySelector("#notice:not([hidden]) form");
  if (form) undos.push({ action: form.getAttribute("action"), fields: new FormData(form) });
  setCurrent(remembered() ?? rows()[0], { focus: false });
  if (location.hash) currentRow()?.focus();
  count();
}

// A filter form that is sent at once, and says only what is asked for.
function trim(form) {
  form.addEventListener("change", (event) => {
    if (event.target.form === form && event.target.matches("select")) form.requestSubmit();
  });
  form.addEventListener("submit", () => {
    for (const field of form.elements) {
      if (field.form === form && field.name && field.value === "") field.disabled = true;
    }
  });
  addEventListener("pageshow", () => {
    for (const field of form.elements) field.disabled = false;
  });
}
