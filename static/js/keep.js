// What a person has typed, chosen or opened in a part of the page outlives its being put in anew.

// A region with data-keep-typed waits for the next refresh while something is typed in it.
const typedIn = (region) =>
  [...region.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => field.value !== field.defaultValue);

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

// Questions that are asked anew (data-keep-cursor) leave the field somebody is writing in as it is.
let writing = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const field = document.activeElement;
  const inside = event.detail.target?.hasAttribute?.("data-keep-cursor") && event.detail.target.contains(field);
  writing = inside && field.id && "value" in field ? { id: field.id, value: field.value } : null;
});

document.addEventListener("htmx:afterSettle", () => {
  const field = writing && document.getElementById(writing.id);
  if (field && !/^(radio|checkbox)$/.test(field.type) && field.value !== writing.value) field.value = writing.value;
  writing = null;
});
