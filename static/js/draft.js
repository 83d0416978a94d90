// <draft-keeper action="/my/INC0000001/draft/" tab="comment">: saves what is being typed on the server, one second
// after the last key and when the field is left. Ctrl+Enter sends, once, with the syllable that is being composed.

const PAUSE = 1000;
const ASKED = { "HX-Request": "true" }; // for a part of a page: no way to the sign-in page, but 401

class DraftKeeper extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("textarea");
    this.note = this.querySelector("[data-saved]");
    if (!this.field) return;
    this.saved = this.field.value;
    this.field.addEventListener("input", () => this.later());
    this.field.addEventListener("blur", () => this.save());
    this.field.addEventListener("keydown", (event) => this.keys(event));
    this.closest("form")?.addEventListener("submit", () => clearTimeout(this.timer));
    this.heard = () => this.save();
    document.addEventListener("maru:signed-in", this.heard);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("maru:signed-in", this.heard);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  async save() {
    clearTimeout(this.timer);
    const { value } = this.field;
    if (value === this.saved || !this.isConnected) return;
    const form = this.closest("form");
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("tab", form.elements.tab?.value || this.getAttribute("tab"));
    body.set("body", value);
    const { draftSaved, draftFailed } = document.querySelector("maru-texts").dataset;
    try {
      const keepalive = value.length < 60000;
      const answer = await fetch(this.getAttribute("action"), { method: "POST", body, headers: ASKED, keepalive });
      if (answer.ok) this.saved = value;
      if (answer.status === 401) document.dispatchEvent(new CustomEvent("maru:signed-out"));
      if (this.note) this.note.textContent = answer.ok ? draftSaved : draftFailed;
    } catch {
      if (this.note) this.note.textContent = draftFailed;
    }
  }

  keys(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    // The last syllable is not in the field yet: send when it is. Some systems send a second keydown then;
    // the form is locked by that time (requests.js).
    if (event.isComposing || event.keyCode === 229) {
      this.field.addEventListener("compositionend", () => setTimeout(() => this.send()), { once: true });
    } else this.send();
  }

  send() {
    clearTimeout(this.timer);
    const form = this.closest("form");
    form.requestSubmit(form.querySelector("[data-send]"));
  }
}

customElements.define("draft-keeper", DraftKeeper);
