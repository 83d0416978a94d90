// What a person has typed, chosen or opened in a part of the page outlives its being put in anew.

// A region with data-keep-typed waits for the next refresh while something is typed in it, or refused.
const typedIn = (region) =>
  [...region.querySelectorAll("textarea, input:not([type=hidden])")].some(
    (field) => field.value !== field.defaultValue || field.matches("[aria-invalid=true]"),
  );

// Else it comes anew, and what was opened or closed in it stays so.
let kept = null;

const foldsOf = (region) => [...region.querySelectorAll("details:has(> summary)")];
const nameOf = (fold) => fold.querySelector("summary").textContent.trim();

document.addEventListener("htmx:beforeSwap", (event) => {
  const region = event.detail.target;
  kept = null;
  if (!region?.hasAttribute?.("data-keep-typed")) return;
  if (typedIn(region)) event.detail.shouldSwap = false;
  else if (event.detail.requestConfig.verb === "get") {
    kept = { id: region.id, folds: new Map(foldsOf(region).map((each) => [nameOf(each), each.open])) };
  }
});

document.addEventListener("htmx:afterSwap", () => {
  const region = kept && document.getElementById(kept.id);
  if (!region) return;
  foldsOf(region).forEach((each) => {
    const open = kept.folds.get(nameOf(each));
    if (open !== undefined && each.open !== open) each.open = open;
  });
  kept = null;
});

// Questions that are asked anew (data-keep-cursor) keep the field somebody is writing in, and all that was changed
// after the request had gone, of which the answer does not know. For these they are asked once more.
const asked = new WeakMap();
let changed = [];

const fieldsOf = (region) =>
  [...region.querySelectorAll("input[id]:not([type=hidden], [type=file]), select[id], textarea[id]")];
const isTicked = (field) => /^(radio|checkbox)$/.test(field.type);
const stateOf = (field) => (isTicked(field) ? field.checked : field.value);
const statesOf = (region) => new Map(fieldsOf(region).map((field) => [field.id, stateOf(field)]));

document.addEventListener("htmx:configRequest", ({ detail: { elt } }) => {
  if (elt.hasAttribute("data-keep-cursor")) asked.set(elt, statesOf(elt));
});

document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  changed = [];
  const sent = asked.get(target);
  if (!sent) return;
  const isWriting = (field) => field === document.activeElement && !isTicked(field);
  changed = fieldsOf(target)
    .map((field) => ({ id: field.id, state: stateOf(field), isNews: stateOf(field) !== sent.get(field.id), kept: isWriting(field) }))
    .filter(({ isNews, kept }) => isNews || kept);
});

document.addEventListener("htmx:afterSwap", () => {
  changed.forEach(({ id, state }) => {
    const field = document.getElementById(id);
    if (!field || stateOf(field) === state) return;
    if (isTicked(field)) field.checked = state;
    else field.value = state;
  });
  const region = changed.some(({ isNews }) => isNews) && document.querySelector("[data-keep-cursor]");
  changed = [];
  // A request that waited for its turn went with the region that was replaced.
  if (region) setTimeout(() => region.isConnected && region.dispatchEvent(new Event("change")));
});
