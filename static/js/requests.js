// What happens around every request: a form is sent once and shows it, slow swaps show a bar, a refusal becomes a
// message, a lost connection becomes a bar and leaves what was typed in place, and focus goes where the news is.

const words = () => document.querySelector("maru-texts").dataset;
const say = (text) => document.body.dispatchEvent(new CustomEvent("maru:toast", { detail: { text } }));
const SLOW = 150;

// Plain forms: a second click while the first is on its way does nothing. The server counts once_key anyway.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("data-theme-form")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("data-busy", "");
});

// A page that comes back from the browser's history must not stay locked.
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll("[data-busy]").forEach((button) => button.removeAttribute("data-busy"));
});

let bar;
let waiting = 0;

function showBar() {
  if (bar || !waiting) return;
  bar = document.createElement("div");
  bar.className = "loading-bar";
  document.body.append(bar);
}

// Pressing the send button leaves the last field, which would ask the questions anew just before the page goes.
let pressed = -Infinity; // the first moments of a page are not near a press
const PRESS = 400;

document.addEventListener("pointerdown", (event) => {
  if (event.target.closest("form button:not([type=button])")) pressed = performance.now();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (elt.hasAttribute("data-keep-cursor") && performance.now() - pressed < PRESS) {
    event.preventDefault();
    return;
  }
  if (requestConfig.verb !== "get" && elt.dataset.sent) {
    event.preventDefault();
    return;
  }
  waiting += 1;
  setTimeout(showBar, SLOW);
  if (requestConfig.verb === "get") return;
  elt.dataset.sent = "yes";
  requestConfig.triggeringEvent?.submitter?.setAttribute("data-busy", "");
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt } = event.detail;
  waiting = Math.max(0, waiting - 1);
  if (!waiting) {
    bar?.remove();
    bar = null;
  }
  delete elt.dataset.sent;
  elt.querySelectorAll("[data-busy]").forEach((button) => button.removeAttribute("data-busy"));
});

const refusal = (text) => new DOMParser().parseFromString(text, "text/html").querySelector("[data-refusal]");

// 409 and 422 bring a fragment to swap, unless the body is the general refusal text: that is a message.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400 || xhr.status === 401) return; // of a session that ended tells js/session.js, once
  const told = refusal(xhr.responseText);
  if (!told) return;
  event.detail.shouldSwap = false;
  event.detail.isError = false;
  say(told.textContent.trim());
});

document.addEventListener("htmx:responseError", (event) => {
  if (!refusal(event.detail.xhr.responseText)) say(`${words().failed} (${event.detail.xhr.status})`);
});

document.addEventListener("htmx:sendError", () => say(`${words().offline} ${words().unsent}`));

// The first thing to read after a swap: a refused form's summary, or the heading of a view that was navigated to.
document.addEventListener("htmx:afterSettle", (event) => {
  const place = event.target;
  (place.matches?.("[data-focus]") ? place : place.querySelector?.("[data-focus]"))?.focus();
});

addEventListener("DOMContentLoaded", () => document.querySelector("main [data-focus]")?.focus());
