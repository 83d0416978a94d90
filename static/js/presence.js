// <desk-presence action="/w/incidents/INC0001234/presence/">: tells that the ticket is open here and whether somebody
// is writing, every 20 seconds while the page can be seen, and shows who else has it open.

const BEAT = 20000;
const STILL = 5000; // no key for so long: not writing any more

class DeskPresence extends HTMLElement {
  connectedCallback() {
    this.doing = "viewing";
    this.heard = new AbortController();
    const { signal } = this.heard;
    document.addEventListener("input", ({ target }) => target.closest("#composer") && this.typed(), { signal });
    document.addEventListener("visibilitychange", () => this.say(document.hidden ? "gone" : "viewing"), { signal });
    document.addEventListener("maru:presence", () => this.send(), { signal });
    addEventListener("pagehide", () => this.say("gone"), { signal });
    this.timer = setInterval(() => document.hidden || this.say(this.doing), BEAT);
    if (!document.hidden) this.say("viewing");
  }

  disconnectedCallback() {
    this.heard.abort();
    clearInterval(this.timer);
    clearTimeout(this.still);
    this.say("gone");
  }

  typed() {
    clearTimeout(this.still);
    this.still = setTimeout(() => this.say("viewing"), STILL);
    if (this.doing !== "typing") this.say("typing");
  }

  say(doing) {
    if (doing !== "gone") this.doing = doing;
    this.send(doing);
  }

  async send(doing) {
    const request = { headers: { "HX-Request": "true" } };
    if (doing) {
      const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
      if (!token) return;
      const body = new FormData();
      body.set("csrfmiddlewaretoken", token);
      body.set("doing", doing);
      Object.assign(request, { method: "POST", body, keepalive: true });
    }
    try {
      const answer = await fetch(this.getAttribute("action"), request);
      if (answer.ok && this.isConnected && doing !== "gone") this.innerHTML = await answer.text();
    } catch {
      // Without the server nobody is shown until the next beat; the page's own bar says that it is away.
    }
  }
}

customElements.define("desk-presence", DeskPresence);
