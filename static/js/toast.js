// <maru-toasts>: short messages in a corner. They come with the page, from the event maru:toast, or from the server's
// HX-Trigger header {"maru:toast": {"text": "…", "undo": "/url/"}}. They leave after six seconds, unless looked at.

const STAY = 6000;

class Toasts extends HTMLElement {
  connectedCallback() {
    this.querySelectorAll(".toast").forEach((toast) => this.expire(toast));
    this.listen = (event) => this.show(event.detail);
    document.body.addEventListener("maru:toast", this.listen);
  }

  disconnectedCallback() {
    document.body.removeEventListener("maru:toast", this.listen);
  }

  show({ text, undo, undoLabel }) {
    const toast = document.createElement("div");
    toast.className = "toast";
    const words = document.createElement("span");
    words.textContent = text;
    toast.append(words);
    if (undo) {
      const button = document.createElement("button");
      button.className = "button";
      button.dataset.size = "sm";
      button.textContent = undoLabel;
      button.addEventListener("click", () => {
        window.htmx.ajax("POST", undo, { swap: "none" });
        toast.remove();
      });
      toast.append(button);
    }
    this.append(toast);
    this.expire(toast);
  }

  expire(toast) {
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1000);
      else toast.remove();
    };
    setTimeout(leave, STAY);
  }
}

customElements.define("maru-toasts", Toasts);
