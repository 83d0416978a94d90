// <maru-live src="…/api/v1/stream/" topics="tickets/INC0001234 users/7">: tells the page what changed elsewhere.
//
// One stream per browser, not per tab: the tab that holds the lock "maru-live" reads the stream for all of them and
// passes events on by BroadcastChannel. Events carry ids and versions only; the page fetches what it needs by htmx,
// so rights are checked there. A stream event "ticket.changed" becomes the bubbling DOM event "maru:ticket-changed"
// on the <maru-live> that asked for its topic. Without a stream each page is told to look again every 30 seconds.

const TYPES = ["ticket.changed", "queue.changed", "notification", "approval"];
const POLL = 30000;
const BEAT = 5000;
const LONGEST_WAIT = 60000;

const id = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
const elements = new Set();
const channel = "BroadcastChannel" in window ? new BroadcastChannel("maru-live") : null;
const wanted = new Map(); // per tab: its topics and when it last said so

let source = null;
let opened = "";
let lastId = "";
let failures = 0;
let leading = false;
let live = false;
let base = "/api/v1/stream/";

const ownTopics = () => [...new Set([...elements].flatMap((element) => element.topics))];

function say(message) {
  channel?.postMessage({ from: id, ...message });
}

function setLive(state) {
  live = state;
  document.querySelectorAll("live-state").forEach((mark) => {
    mark.hidden = false;
    mark.dataset.tone = state ? "good" : "neutral";
    mark.lastElementChild.textContent = state ? mark.dataset.on : mark.dataset.off;
  });
}

function deliver(type, topic, detail) {
  const name = `maru:${type.replaceAll(".", "-").replaceAll("_", "-")}`;
  elements.forEach((element) => {
    if (!topic || element.topics.includes(topic)) {
      element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
    }
  });
}

function received(type, data) {
  deliver(type, data.topic, data);
}

function allTopics() {
  const now = Date.now();
  wanted.set(id, { topics: ownTopics(), at: now });
  const names = [];
  wanted.forEach(({ topics, at }, tab) => {
    if (now - at > 3 * BEAT) wanted.delete(tab);
    else names.push(...topics);
  });
  return [...new Set(names)].sort().join(",");
}

function open() {
  const topics = allTopics();
  if (!topics || (source && topics === opened)) return;
  source?.close();
  opened = topics;
  const url = new URL(base, location.href);
  url.searchParams.set("topics", topics);
  if (lastId) url.searchParams.set("last_event_id", lastId);
  source = new EventSource(url, { withCredentials: true });
  source.onopen = () => {
    failures = 0;
    setLive(true);
    say({ kind: "live", state: true });
  };
  source.onerror = () => {
    setLive(false);
    say({ kind: "live", state: false });
    if (source.readyState !== EventSource.CLOSED) return;
    source = null;
    failures += 1;
    const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** failures) * (0.5 + Math.random() / 2);
    setTimeout(open, wait);
  };
  TYPES.forEach((type) => {
    source.addEventListener(type, (event) => {
      lastId = event.lastEventId || lastId;
      let data = {};
      try {
        data = JSON.parse(event.data);
      } catch {
        return;
      }
      received(type, data);
      say({ kind: "event", type, data });
    });
  });
  // The stream could not resume where it broke off: everything shown may be old.
  source.addEventListener("reset", () => {
    lastId = "";
    lookAgain();
    say({ kind: "look-again" });
  });
}

const TYPES_OF = { tickets: ["ticket.changed"], queue: ["queue.changed"], users: ["notification", "approval"] };

function lookAgain() {
  ownTopics().forEach((topic) => {
    const [kind, name] = topic.split("/");
    const detail = { topic, number: kind === "tickets" ? name : undefined, poll: true };
    (TYPES_OF[kind] || []).forEach((type) => deliver(type, topic, detail));
  });
}

channel?.addEventListener("message", ({ data: message }) => {
  if (message.from === id) return;
  if (message.kind === "topics") {
    wanted.set(message.from, { topics: message.topics, at: Date.now() });
    if (leading) open();
  } else if (message.kind === "event") received(message.type, message.data);
  else if (message.kind === "live") setLive(message.state);
  else if (message.kind === "look-again") lookAgain();
});

function lead() {
  leading = true;
  say({ kind: "who" });
  open();
  return new Promise(() => {}); // held until this tab goes
}

function start() {
  say({ kind: "topics", topics: ownTopics() });
  if (navigator.locks && channel) navigator.locks.request("maru-live", lead);
  else lead();
  setInterval(() => {
    say({ kind: "topics", topics: ownTopics() });
    if (leading) open();
  }, BEAT);
  setInterval(() => {
    if (!live && document.visibilityState === "visible") lookAgain();
  }, POLL);
}

let started = false;

class MaruLive extends HTMLElement {
  get topics() {
    return (this.getAttribute("topics") || "").split(/[\s,]+/).filter(Boolean);
  }

  connectedCallback() {
    elements.add(this);
    base = this.getAttribute("src") || base;
    if (started) {
      say({ kind: "topics", topics: ownTopics() });
      if (leading) setTimeout(open);
      return;
    }
    started = true;
    setTimeout(start); // when every element of the page has said what it wants
  }

  disconnectedCallback() {
    elements.delete(this);
  }
}

customElements.define("maru-live", MaruLive);
