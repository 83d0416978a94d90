// The pages of flows: the chosen card is marked, and a run refreshes itself without taking away what is being done.

const chosen = () => {
  const find = new URLSearchParams(location.search);
  return find.get("step") || find.get("node");
};

function mark() {
  const wanted = chosen();
  if (!wanted) return;
  document.querySelectorAll("a.flow-step").forEach((card) => {
    const query = new URLSearchParams(card.search);
    if ((query.get("step") || query.get("node")) === wanted) card.setAttribute("aria-current", "true");
    else card.removeAttribute("aria-current");
  });
}

document.addEventListener("htmx:pushedIntoHistory", () => mark());

// A part of a run asks for what is chosen now, not for what was chosen when the page came.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.hasAttribute("data-run-part")) return;
  event.detail.path = location.pathname + location.search;
});

const isBusy = (part) =>
  part.querySelector("details[open]") || (part.contains(document.activeElement) && part.id === "side");

const again = (id) => document.getElementById(id)?.dispatchEvent(new CustomEvent("refresh:again"));

// What somebody is doing is not taken away: the refresh is made when they are done.
const refused = new Set();

const whenDone = () => {
  refused.forEach((id) => {
    const part = document.getElementById(id);
    if (part && isBusy(part)) return;
    refused.delete(id);
    again(id);
  });
};

["focusout", "toggle"].forEach((end) => document.addEventListener(end, () => setTimeout(whenDone), true));

document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt;
  if (!part.hasAttribute("data-run-part") || !isBusy(part)) return;
  event.preventDefault();
  refused.add(part.id);
});

// A refresh that was on its way when another step was chosen, or when somebody began to act, comes too late.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, path } = event.detail.requestConfig;
  if (elt.id !== "side" || !elt.hasAttribute("data-run-part")) return;
  const part = document.getElementById("side");
  if (path === location.pathname + location.search && !isBusy(part)) return;
  event.detail.shouldSwap = false;
  if (isBusy(part)) refused.add("side");
});

// The picture stays where it was scrolled to, and the focus on its card.
let place = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const map = event.detail.target.id === "run-live" && event.detail.target.querySelector(".flow-map");
  if (!map) return;
  const focus = event.detail.target.contains(document.activeElement) && document.activeElement;
  place = { top: map.scrollTop, left: map.scrollLeft, node: focus && focus.dataset ? focus.dataset.node : "" };
});

document.addEventListener("htmx:afterSwap", () => {
  mark();
  const map = place && document.querySelector("#run-live .flow-map");
  if (!map) return;
  map.scrollTo(place.left, place.top);
  if (place.node) map.querySelector(`[data-node="${CSS.escape(place.node)}"]`)?.focus({ preventScroll: true });
  place = null;
});

// A picture larger than its place begins at the chosen card, else at the first one.
addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".flow-map").forEach((map) => {
    const card = map.querySelector("a[aria-current]") || map.querySelector(".flow-step");
    if (!card) return;
    const [own, all] = [card.getBoundingClientRect(), map.getBoundingClientRect()];
    const left = own.left + own.width / 2 - all.left - all.width / 2;
    const top = card.hasAttribute("aria-current") ? own.top + own.height / 2 - all.top - all.height / 2 : 0;
    map.scrollTo(map.scrollLeft + left, map.scrollTop + top);
  });
});
