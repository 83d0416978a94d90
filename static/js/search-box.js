// <search-box>: suggestions under a search field, fetched by htmx into its listbox. Arrow keys walk the options, Enter
// opens the chosen one, Escape closes. Without JavaScript the field is a plain search form.

class SearchBox extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input[type=search]");
    this.list = this.querySelector("[role=listbox]");
    if (!this.field || !this.list) return;
    this.field.addEventListener("keydown", (event) => this.keys(event));
    this.list.addEventListener("htmx:afterSwap", () => this.refreshed());
    this.list.addEventListener("click", (event) => this.press(event));
    this.addEventListener("focusout", (event) => {
      if (!this.contains(event.relatedTarget)) this.clear();
    });
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  refreshed() {
    this.options.forEach((option, index) => {
      option.id ||= `option-${index}`;
    });
    this.field.setAttribute("aria-expanded", String(this.options.length > 0));
    this.field.removeAttribute("aria-activedescendant");
  }

  clear() {
    this.list.replaceChildren();
    this.refreshed();
  }

  choose(option) {
    this.options.forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    this.field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  // A command that the page has a key for is done there: its dialog opens, nothing typed is lost.
  press(event) {
    const chord = event.target.closest("[data-press]")?.dataset.press;
    if (!chord || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const box = this.closest("dialog");
    const there = [...document.querySelectorAll(`[data-key="${CSS.escape(chord)}"]`)].find(
      (element) => !box?.contains(element) && element.offsetParent !== null,
    );
    if (!there) return;
    event.preventDefault();
    box?.close();
    there.click();
  }

  keys(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const { options } = this;
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "Escape") this.clear();
    else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      options[at].click();
    } else if (options.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.choose(options[(at + step + options.length) % options.length]);
    }
  }
}

customElements.define("search-box", SearchBox);
