// Choosing rows of the agent's list: X, Shift+J and Shift+K, Shift+click, all on screen. What is chosen stays chosen
// when its row is swapped for a newer one. V goes to the views, [ folds them away.

const picked = new Set(); // numbers

const boxes = () => [...document.querySelectorAll("#rows .row__pick > input")];
const numberOf = (box) => box.value.split("/")[0];

function tell() {
  const count = document.querySelector(".bulk-bar__count");
  if (!count) return;
  const chosen = boxes().filter((box) => box.checked).length;
  count.textContent = chosen === 1 ? count.dataset.one : count.dataset.many.replace("{number}", chosen);
  document.querySelectorAll("[data-pick-page], [data-pick-none]").forEach((button) => (button.hidden = false));
}

function set(box, on) {
  box.checked = on;
  if (on) picked.add(numberOf(box));
  else picked.delete(numberOf(box));
  tell();
}

const here = () =>
  document.activeElement?.closest?.("#rows .row") || document.querySelector("#rows .row[aria-current]");

const boxOf = (row) => row?.querySelector(".row__pick > input");

// The row that is in view but older than the list is not chosen by its newer twin unless it was before.
function again() {
  boxes().forEach((box) => {
    if (picked.has(numberOf(box))) box.checked = true;
    else if (box.checked) picked.add(numberOf(box));
  });
  tell();
}

["htmx:afterSwap", "htmx:oobAfterSwap"].forEach((name) => document.addEventListener(name, again));
addEventListener("pageshow", again);

// New counts do not take the views away from who walks through them.
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  if (detail.target.id === "views" && detail.target.contains(document.activeElement)) detail.shouldSwap = false;
});

let last = null;
document.addEventListener("click", (event) => {
  const box = event.target.closest?.("#rows .row__pick > input");
  if (!box) return;
  const all = boxes();
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((each) => set(each, box.checked));
  }
  set(box, box.checked);
  last = box;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-pick-page]")) boxes().forEach((box) => set(box, true));
  if (event.target.closest("[data-pick-none]")) boxes().forEach((box) => set(box, false));
});

function extend(by) {
  const rows = [...document.querySelectorAll("#rows .row")];
  const row = here();
  if (!row) return;
  set(boxOf(row), true);
  const next = rows[rows.indexOf(row) + by];
  if (!next) return;
  set(boxOf(next), true);
  next.querySelector(".row__title").focus();
  next.scrollIntoView({ block: "nearest" });
}

function toViews() {
  const pane = document.getElementById("views");
  const link = pane?.querySelector("[aria-current]") || pane?.querySelector("a");
  if (link?.offsetParent) link.focus();
  else document.querySelector("#views-menu > summary")?.click();
}

const FOLDED = "maru-views";

function fold(on) {
  const split = document.querySelector(".split");
  if (!split) return;
  if (on) split.dataset.views = "folded";
  else delete split.dataset.views;
  try {
    localStorage.setItem(FOLDED, on ? "folded" : "");
  } catch {
    // without a store it is for this page
  }
}

const KEYS = {
  KeyX: () => {
    const box = boxOf(here());
    if (box) set(box, !box.checked);
  },
  "Shift+KeyJ": () => extend(1),
  "Shift+KeyK": () => extend(-1),
  KeyV: toViews,
  BracketLeft: () => fold(document.querySelector(".split")?.dataset.views !== "folded"),
};

const TYPED = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.metaKey || event.altKey || !document.getElementById("rows")) return;
  if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
  if (event.target.matches?.(TYPED)) return;
  const letter = /^[a-z]$/i.test(event.key) ? `Key${event.key.toUpperCase()}` : event.key;
  const code = event.code || (letter === "[" ? "BracketLeft" : letter);
  const act = KEYS[event.shiftKey ? `Shift+${code}` : code];
  if (!act) return;
  event.preventDefault();
  act();
});

try {
  if (localStorage.getItem(FOLDED)) fold(true);
} catch {
  // nothing was kept
}

// <undo-offer>: what can be taken back for ten seconds only.
class UndoOffer extends HTMLElement {
  connectedCallback() {
    this.timer = setTimeout(() => {
      this.hidden = true;
    }, 10000);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }
}

customElements.define("undo-offer", UndoOffer);
