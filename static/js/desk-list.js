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
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "ticket") return;
  document.querySelector(".split").dataset.pane = "detail";
  document.getElementById("detail")?.focus({ preventScroll: true });
});

function step(by) {
  const all = links();
  if (!all.length) return;
  const here = all.findIndex((link) => link.closest(".row").contains(document.activeElement));
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
  if (event.target.matches?.("textarea, select, input:not([type=checkbox], [type=radio])")) return;
  if (document.querySelector("dialog[open]")) return;
  const code = event.code || (event.key.length === 1 ? `Key${event.key.toUpperCase()}` : event.key);
  const single = document.documentElement.dataset.keys !== "off" ? STEPS[code] : 0;
  const by = single || (event.target.matches("#rows .row__title") ? ARROWS[code] : 0);
  if (!by) return;
  event.preventDefault();
  step(by);
});

// I and A on a row in focus take or assign that ticket, not the open one.
const ON_ROW = { KeyI: ".row__take", KeyA: ".row__owner" };
document.addEventListener(
  "keydown",
  (event) => {
    if (!ON_ROW[event.code] || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.documentElement.dataset.keys === "off" || !event.target.matches?.("#rows .row__title")) return;
    event.preventDefault();
    event.target.closest(".row").querySelector(ON_ROW[event.code])?.click();
  },
  true,
);

function refresh(number) {
  const row = rowFor(number);
  const pane = rowsPane();
  if (!row || !pane || !window.htmx) return;
  window.htmx.ajax("GET", pane.dataset.rows.replace("NUMBER", number), { target: row, swap: "outerHTML" });
}

// A row that is being pressed stays until it is let go: taken away, it would get no click.
const LET_GO = 300;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.target.matches(".row[data-number]:active")) return;
  detail.shouldSwap = false;
  setTimeout(refresh, LET_GO, detail.target.dataset.number);
});
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  if (detail.target.matches(".row[data-number]:active")) detail.shouldSwap = false;
});

const PATIENCE = 3000;
let asked = 0;

// A ticket that is not on screen may belong into this list: ask how many do, not more often than every three seconds.
function look() {
  const bar = document.getElementById("new-bar");
  if (!bar || asked) return;
  asked = setTimeout(() => {
    asked = 0;
    window.htmx?.trigger(bar, "desk:look");
  }, PATIENCE);
}

// Without a stream: one request for the whole page, and the bar.
function poll() {
  const pane = rowsPane();
  if (!pane || !window.htmx) return;
  window.htmx.ajax("GET", pane.dataset.poll, { target: "#list-live", swap: "none" });
  look();
}

document.addEventListener("maru:queue-changed", (event) => {
  if (event.target.id !== "list-live") return;
  const { poll: everything, number } = event.detail;
  if (everything) poll();
  else if (number && rowFor(number)) refresh(number);
  else look();
});

// A row that was swapped in does not know that its ticket is open. (Its link has an id: htmx gives the focus back.)
let marking = 0;
function markSoon() {
  marking = marking || requestAnimationFrame(() => {
    marking = 0;
    if (rowsPane()) mark();
  });
}
document.addEventListener("htmx:afterSwap", markSoon);
document.addEventListener("htmx:oobAfterSwap", markSoon);

// The server sends the row of the open ticket along only when there is a place for it.
document.addEventListener("htmx:configRequest", (event) => {
  const open = document.querySelector("#ticket [data-open]")?.dataset.open;
  if (open && rowFor(open)) event.detail.headers["Desk-Row"] = "shown";
});

// The buttons that take a ticket stand outside their form, where htmx does not see which one was pressed.
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters, triggeringEvent } = event.detail;
  if (elt.id === "take" && triggeringEvent?.submitter) parameters.take = triggeringEvent.submitter.value;
});
