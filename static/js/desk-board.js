// <desk-board>: cards are dragged to a state or a person, which opens the very form that the card's menu opens; arrows
// walk between cards, S opens the menu. The board stays as it is until somebody asks for the newer one.

const SAFE = "application/x-maru-card";

class DeskBoard extends HTMLElement {
  connectedCallback() {
    this.addEventListener("dragstart", (event) => this.lift(event));
    this.addEventListener("dragend", () => this.settle());
    this.addEventListener("dragover", (event) => this.over(event));
    this.addEventListener("drop", (event) => this.drop(event));
    this.addEventListener("keydown", (event) => this.keys(event));
  }

  lift(event) {
    this.card = event.target.closest?.(".board-card");
    if (!this.card) return;
    event.dataTransfer.setData(SAFE, this.card.dataset.number);
    event.dataTransfer.effectAllowed = "move";
    this.card.dataset.dragged = "";
  }

  settle() {
    if (this.card) delete this.card.dataset.dragged;
    this.querySelectorAll("[data-over]").forEach((column) => delete column.dataset.over);
    this.card = null;
  }

  over(event) {
    const column = event.target.closest?.(".board__column");
    this.querySelectorAll("[data-over]").forEach((other) => other !== column && delete other.dataset.over);
    if (!this.card || !column) return;
    event.preventDefault();
    column.dataset.over = "";
  }

  drop(event) {
    const column = event.target.closest?.(".board__column");
    const { card } = this;
    this.settle();
    if (!card || !column || column.contains(card)) return;
    event.preventDefault();
    if (this.dataset.by === "assignee") this.assign(card, column.dataset.column);
    else this.move(card, column.dataset.column);
  }

  move(card, state) {
    const way = card.querySelector(`[data-target="${CSS.escape(state)}"]`);
    if (way) way.click();
    else this.say(this.dataset.closed);
  }

  async assign(card, person) {
    const body = new FormData();
    body.set("field", "assignee");
    body.set("value", person === "nobody" ? "" : person);
    body.set("lock_version", card.dataset.version);
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(card.dataset.edit, { method: "POST", body, headers: { ...headers, "HX-Request": "true" } });
    if (answer.ok) this.renew();
    else this.say(this.dataset.refused);
  }

  say(text) {
    document.body.dispatchEvent(new CustomEvent("maru:toast", { detail: { text } }));
  }

  renew() {
    window.htmx.ajax("GET", this.dataset.url, { target: "#board", swap: "outerHTML" });
    document.getElementById("board-news").hidden = true;
  }

  keys(event) {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const card = event.target.closest(".board-card");
    if (!card) return;
    const single = document.documentElement.dataset.keys !== "off";
    const code = event.code || event.key;
    if (single && code === "KeyS") {
      card.querySelector("summary").click();
      card.querySelector(".menu__panel a")?.focus();
    } else if (event.target.closest("details[open]") || !this.step(card, code, single)) return;
    event.preventDefault();
  }

  step(card, code, single) {
    const columns = [...this.querySelectorAll(".board__column")];
    const column = card.closest(".board__column");
    const cards = [...column.querySelectorAll(".board-card")];
    const place = cards.indexOf(card);
    const down = { ArrowDown: 1, ArrowUp: -1 }[code] || (single && { KeyJ: 1, KeyK: -1 }[code]);
    const across = { ArrowRight: 1, ArrowLeft: -1 }[code];
    let next = down ? cards[place + down] : null;
    if (across) {
      const from = columns.indexOf(column);
      const beside = across > 0 ? columns.slice(from + 1) : columns.slice(0, from).reverse();
      const others = beside.map((each) => [...each.querySelectorAll(".board-card")]).find((each) => each.length);
      next = others && others[Math.min(place, others.length - 1)];
    }
    if (!down && !across) return false;
    next?.querySelector(".board-card__title").focus();
    return true;
  }
}

customElements.define("desk-board", DeskBoard);

document.addEventListener("desk:done", () => document.querySelector("desk-board")?.renew());

document.addEventListener("maru:queue-changed", (event) => {
  if (event.target.id === "board-live") document.getElementById("board-news").hidden = false;
});
