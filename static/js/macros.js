// <macro-picker>: the list that T opens on a ticket. Typing narrows it, arrow keys walk, Enter takes the first one.
// A reply template (data-use) is put into the composer at the cursor and replaces nothing; a macro opens its own page
// in the dialog, where one press runs it. Without scripts each is a link to that page.

const folded = (text) => text.normalize("NFC").toLowerCase();

class MacroPicker extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input");
    this.none = this.querySelector("[data-none]");
    this.field.addEventListener("input", () => this.narrow());
    this.addEventListener("keydown", (event) => this.keys(event));
    this.narrow();
  }

  get shown() {
    return [...this.querySelectorAll("li:not([hidden]) > a")];
  }

  narrow() {
    const words = folded(this.field.value).split(/\s+/).filter(Boolean);
    this.querySelectorAll("li").forEach((item) => {
      const text = folded(item.textContent);
      item.hidden = !words.every((word) => text.includes(word));
      item.firstElementChild.removeAttribute("data-first");
    });
    this.shown[0]?.setAttribute("data-first", "");
    this.none.hidden = this.shown.length > 0;
  }

  keys(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const at = this.shown.indexOf(document.activeElement);
    if (event.key === "ArrowDown") this.shown[Math.min(at + 1, this.shown.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (this.shown[at - 1] || this.field).focus();
    else if (event.key === "Enter" && event.target === this.field) this.shown[0]?.click();
    else return;
    event.preventDefault();
  }
}

customElements.define("macro-picker", MacroPicker);

// Where the cursor was counts only in a field that somebody has been in; else the text goes to the end.
document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.(".desk-composer textarea")) target.dataset.visited = "";
});

function put(text, field, at) {
  const before = field.value.slice(0, at);
  const gap = before === "" || before.endsWith("\n") ? "" : "\n";
  field.focus();
  field.setRangeText(gap + text, at, at, "end");
  field.dispatchEvent(new Event("input", { bubbles: true })); // the draft
}

async function use(link) {
  const form = document.querySelector(".desk-composer form");
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(link.dataset.use, { method: "POST", body, headers: { "HX-Request": "true" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const { tab, text } = await answer.json();
  const field = document.getElementById(`body-${tab}`);
  if (!field) throw new Error("no composer");
  const at = "visited" in field.dataset ? field.selectionEnd : field.value.length;
  link.closest("dialog").close();
  document.querySelector(`[data-composer="${tab}"]`)?.click();
  put(text, field, at);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("dialog .macro-pick[data-use]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!document.querySelector(".desk-composer form")) return;
  event.preventDefault();
  // What goes wrong is told by the page of the template, where its text can be sent too.
  use(link).catch(() => location.assign(link.href));
});
