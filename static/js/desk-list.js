// The agent's list: J and K walk the rows, Enter opens the one in focus; the row of the open ticket is marked; rows
// on screen refresh in place when their ticket changes elsewhere. New rows wait behind the bar, nothing moves.

const rowsPane = () => document.getElementById("rows");
const rowFor = (number) => document.getElementById(`row-${number}`);
const links = () => [...document.querySelectorAll("#rows .row__title")];

function mark() {
  const open = document.querySelector("#ticket [data-open]");
  document.querySelectorAll("#rows .row").forEach((row) => {
    if (open && row.dataset.number === open.dataset.open) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
  const split = document.querySelector(".split");
  if (split && open) split.dataset.pane = "detail";
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "ticket") return;
  mark();
  document.getElementById("detail")?.focus({ preventScroll: true });
});

function step(by) {
  const all = links();
  if (!all.length) return;
  const here = all.indexOf(document.activeElement);
  const current = all.findIndex((link) => link.closest(".row").hasAttribute("aria-current"));
  const from = here >= 0 ? here : current;
  const next = from < 0 ? 0 : Math.min(all.length - 1, Math.max(0, from + by));
  all[next].focus();
  all[next].scrollIntoView({ block: "nearest" });
}

const STEPS = { KeyJ: 1, KeyK: -1 };
const ARROWS = { ArrowDown: 1, ArrowUp: -1 };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !rowsPane()) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || document.querySelector("dialog[open]")) return;
  const code = event.code || (event.key.length === 1 ? `Key${event.key.toUpperCase()}` : event.key);
  const single = document.documentElement.dataset.keys !== "off" ? STEPS[code] : 0;
  const by = single || (event.target.matches("#rows .row__title") ? ARROWS[code] : 0);
  if (!by) return;
  event.preventDefault();
  step(by);
});

// I on a row in focus takes that ticket, not the open one.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.code !== "KeyI" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.documentElement.dataset.keys === "off" || !event.target.matches?.("#rows .row__title")) return;
    event.preventDefault();
    event.target.closest(".row").querySelector(".row__take")?.click();
  },
  true,
);

function refresh(number) {
  const row = rowFor(number);
  const pane = rowsPane();
  if (!row || !pane || !window.htmx) return;
  window.htmx.ajax("GET", pane.dataset.rows.replace("NUMBER", number), { target: row, swap: "outerHTML" });
}

let polled = 0;

// Without a stream every topic is told to look again at once: one request for the whole page answers them all.
function poll() {
  const pane = rowsPane();
  if (!pane || !window.htmx || performance.now() - polled < 5000) return;
  polled = performance.now();
  window.htmx.ajax("GET", pane.dataset.poll, { target: "#list-poll", swap: "none" });
}

document.addEventListener("maru:ticket-changed", (event) => {
  if (event.target.id !== "list-live") return;
  if (event.detail.poll) poll();
  else if (event.detail.number) refresh(event.detail.number);
});

// A row that was swapped in lost the mark of the open ticket, and the focus if it had it.
let focused = "";
document.addEventListener("htmx:beforeSwap", (event) => {
  const row = document.activeElement?.closest?.("#rows .row");
  focused = row && row.contains(event.detail.target) ? row.dataset.number : "";
});
document.addEventListener("htmx:afterSwap", () => {
  if (focused && rowFor(focused) && document.activeElement === document.body) {
    rowFor(focused).querySelector(".row__title").focus({ preventScroll: true });
  }
  focused = "";
  if (rowsPane()) mark();
});

// The buttons that take a ticket stand outside their form, where htmx does not see which one was pressed.
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters, triggeringEvent } = event.detail;
  if (elt.id === "take" && triggeringEvent?.submitter) parameters.take = triggeringEvent.submitter.value;
});
