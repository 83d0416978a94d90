// The agent's ticket page: one composer form at a time, the shared dialog, a timeline that stays where it is read,
// and a live refresh that leaves alone what somebody is editing.

// Reply and internal note: the tabs are links that the server knows too.
document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-composer]");
  if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const form = document.getElementById(`composer-${tab.dataset.composer}`);
  if (!form) return;
  event.preventDefault();
  form.parentElement.querySelectorAll("form.composer").forEach((other) => {
    other.hidden = other !== form;
  });
  tab.parentElement.querySelectorAll("[data-composer]").forEach((other) => {
    if (other === tab) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  });
  const text = form.querySelector("textarea");
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches(".composer__files input")) return;
  const label = event.target.closest(".composer__files");
  const names = [...event.target.files].map((file) => file.name).join(", ");
  label.dataset.names = names;
  label.toggleAttribute("data-chosen", names !== "");
});

// The dialog that transitions and filters share: it opens with its content and closes when the change is made.
const DONE = "desk:done";
const dialog = () => document.getElementById("desk-dialog");

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "dialog-body") return;
  const box = dialog();
  if (event.detail.xhr.getResponseHeader("HX-Trigger") === DONE) return;
  if (!box.open) box.showModal();
  const first = box.querySelector("[data-focus]") || box.querySelector("input:not([type=hidden]), select, textarea");
  first?.focus();
});

document.addEventListener(DONE, () => dialog()?.close());

document.addEventListener("click", (event) => {
  if (!event.target.closest("#desk-dialog [data-close-dialog]")) return;
  event.preventDefault();
  dialog().close();
});

// Live refresh: say what is being edited, so that the server leaves it out of its answer. What somebody began to
// edit while the answer was on its way was not said: then it is asked for anew.
const PARTS = { props: "props", "ticket-head": "head" };
let kept = [];

const isBusy = (part) =>
  part?.querySelector("[data-editing], details[open]") || part?.contains(document.activeElement);

const busyParts = () => Object.keys(PARTS).filter((id) => isBusy(document.getElementById(id)));

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "ticket-live") return;
  kept = busyParts();
  event.detail.parameters.keep = kept.map((id) => PARTS[id]).join(",");
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt } = event.detail.requestConfig;
  if (elt.id !== "ticket-live" || busyParts().every((id) => kept.includes(id))) return;
  event.detail.shouldSwap = false;
  setTimeout(() => elt.dispatchEvent(new CustomEvent("refresh:again")));
});

// The timeline opens at its end. When it is refreshed it keeps its place, or its end if that was in view.
const NEAR = 60;
let place = null;

class DeskTimeline extends HTMLElement {
  connectedCallback() {
    requestAnimationFrame(() => {
      if (place && place.number === this.number) this.scrollTop = place.atEnd ? this.scrollHeight : place.top;
      else if (!location.hash.startsWith("#a") && !this.querySelector(".ordered")) this.scrollTop = this.scrollHeight;
    });
    this.addEventListener("scroll", () => this.remember(), { passive: true });
  }

  get number() {
    return this.closest("[data-open]")?.dataset.open;
  }

  remember() {
    const atEnd = this.scrollHeight - this.scrollTop - this.clientHeight < NEAR;
    place = { number: this.number, top: this.scrollTop, atEnd };
  }
}

customElements.define("desk-timeline", DeskTimeline);

// After an inline edit the focus goes back to the value that was edited; the form it was in is gone.
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful } = event.detail;
  const field = successful && elt.matches?.("[data-editing] form") && elt.elements.field?.value;
  if (field) document.getElementById(`edit-${field}`)?.focus({ preventScroll: true });
});

// Escape leaves the composer, so that the single keys work again.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || !event.target.matches?.(".desk-composer textarea")) return;
  document.getElementById("detail")?.focus({ preventScroll: true });
});
