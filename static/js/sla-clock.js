// <sla-clock left="4938">: counts down from what the server said is left. The reader's own clock is never trusted,
// only how much time has passed on the page. One timer serves every clock of the page.

const clocks = new Set();

const two = (number) => String(number).padStart(2, "0");

// The same text as core.formats.clock_face.
function face(seconds) {
  const left = Math.abs(seconds);
  const days = Math.floor(left / 86400);
  const hours = Math.floor((left % 86400) / 3600);
  const minutes = Math.floor((left % 3600) / 60);
  const sign = seconds < 0 ? "−" : "";
  if (days) return `${sign}${days}d ${hours}h`;
  return hours ? `${sign}${hours}:${two(minutes)}:${two(left % 60)}` : `${sign}${minutes}:${two(left % 60)}`;
}

class SlaClock extends HTMLElement {
  connectedCallback() {
    this.left = Number(this.getAttribute("left"));
    this.shownAt = performance.now();
    if (!this.hasAttribute("still")) clocks.add(this); // outside business hours no time passes
    this.tick();
  }

  disconnectedCallback() {
    clocks.delete(this);
  }

  tick() {
    const passed = this.hasAttribute("still") ? 0 : (performance.now() - this.shownAt) / 1000;
    this.textContent = face(Math.round(this.left - passed));
  }
}

setInterval(() => clocks.forEach((clock) => clock.tick()), 1000);
customElements.define("sla-clock", SlaClock);
