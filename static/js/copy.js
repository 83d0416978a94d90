// <maru-copy>: a button that copies the text beside it. Without JavaScript the button stays hidden.

class Copy extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.querySelector("[data-copy]").textContent);
      document.body.dispatchEvent(new CustomEvent("maru:toast", { detail: { text: button.dataset.done } }));
    });
  }
}

customElements.define("maru-copy", Copy);
