// <maru-live src="…/api/v1/stream/" topics="tickets/INC0001234 users/7">: tells the page what changed elsewhere.
//
// One stream per browser, not per tab: the tab that holds the lock "maru-live" reads the stream for all of them and
// passes events on by BroadcastChannel. Events carry ids and versions only; the page fetches what it needs by htmx,
// so rights are checked there. A stream event "ticket.changed" becomes the bubbling DOM event "maru:ticket-changed"
// on the <maru-live> that asked for its topic. Without a stream each page is told to look again every 30 seconds.

//
// A page is as old as its request, and its stream opens later: what changed between the two is asked for by age.
// Only ages cross the wire, so the clocks of browser and server may differ.

const TYPES = ["ticket.changed", "queue.changed", "notification", "approval", "presence"];
const POLL = 30000;
const BEAT = 5000;
const LONGEST_WAIT = 60000;
const LOST = 180000; // a tab in the background may get to speak once a minute only
const MARGIN = 1000; // how much older a page is taken to be: the question for what it missed takes its time too
const LATE = 10000; // a part that came by itself later was asked for no longer ago than this

const id = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
const elements = new Set();
const shared = "BroadcastChannel" in window && navigator.locks; // both: else each tab reads a stream of its own
const channel = shared ? new BroadcastChannel("maru-live") : null;
const wanted = new Map(); // per tab: its topics, since when it has missed what happens to them, when it last said so
const asked = Date.now() - performance.now() + (performance.getEntriesByType("navigation")[0]?.fetchStart || 0);

let source = null;
let asking = ""; // the topics the stream was asked for last
let opened = []; // those of the last stream that opened: they have been heard up to lastId
let lastId = "";
let failures = 0;
let waiting = false; // a stream failed: until its time to try again comes, nothing else opens one
let leading = false;
let live = false;
let base = "/api/v1/stream/";
let recent = []; // what the stream told lately: a tab that opens meanwhile has missed it

function earliest(pairs) {
  const topics = new Map();
  pairs.forEach(([topic, since]) => topics.set(topic, Math.min(since, topics.get(topic) ?? since)));
  return topics;
}

const ownTopics = () =>
  earliest([...elements].flatMap(({ topics, since }) => topics.map((topic) => [topic, since])));

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

// What a tab wants now. What it wants anew and the stream told since is told to it again.
function want(tab, topics) {
  const before = wanted.get(tab)?.topics;
  wanted.set(tab, { topics, at: Date.now() });
  recent = recent.filter(({ at }) => Date.now() - at < LONGEST_WAIT);
  recent.forEach(({ at, type, data }) => {
    if (before?.has(data.topic) || !(at >= topics.get(data.topic) - MARGIN)) return;
    if (tab === id) received(type, data);
    else say({ kind: "event", to: tab, type, data, lastId });
  });
}

function allTopics() {
  want(id, ownTopics());
  const pairs = [];
  wanted.forEach(({ topics, at }, tab) => {
    if (Date.now() - at > LOST) wanted.delete(tab);
    else pairs.push(...topics);
  });
  return earliest(pairs);
}

function open() {
  const topics = allTopics();
  const names = [...topics.keys()].sort();
  if (waiting || !names.length || (source && names.join() === asking)) return;
  const missed = [...topics].filter(([topic]) => !lastId || !opened.includes(topic)).map(([, since]) => since);
  source?.close();
  asking = names.join();
  const url = new URL(base, location.href);
  url.searchParams.set("topics", asking);
  if (lastId) url.searchParams.set("last_event_id", lastId);
  if (missed.length) url.searchParams.set("age", Math.ceil(Date.now() - Math.min(...missed) + MARGIN));
  source = new EventSource(url, { withCredentials: true });
  source.onopen = () => {
    failures = 0;
    opened = names;
    setLive(true);
    tellState();
  };
  // The browser would ask again with the age of now: this asks anew.
  source.onerror = () => {
    setLive(false);
    tellState();
    source.close();
    source = null;
    failures += 1;
    waiting = true;
    setTimeout(tryAgain, Math.min(LONGEST_WAIT, 1000 * 2 ** failures) * (0.5 + Math.random() / 2));
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
      recent.push({ at: Date.now(), type, data });
      received(type, data);
      say({ kind: "event", type, data, lastId });
    });
  });
  // The stream could not resume where it broke off: everything shown may be old.
  source.addEventListener("reset", () => {
    lastId = "";
    lookAgain();
    say({ kind: "look-again" });
  });
}

function tryAgain() {
  waiting = false;
  open();
}

function tellState() {
  say({ kind: "live", state: live, opened, lastId });
}

const TYPES_OF = { tickets: ["ticket.changed"], queue: ["queue.changed"], users: ["notification", "approval"] };

function lookAgain() {
  ownTopics().forEach((_since, topic) => {
    const [kind, name] = topic.split("/");
    const detail = { topic, number: kind === "tickets" ? name : undefined, poll: true };
    (TYPES_OF[kind] || []).forEach((type) => deliver(type, topic, detail));
  });
}

channel?.addEventListener("message", ({ data: message }) => {
  if (message.from === id || (message.to && message.to !== id)) return;
  if (message.kind === "topics") {
    want(message.from, message.topics);
    if (leading) open();
  } else if (message.kind === "bye") {
    wanted.delete(message.from);
  } else if (message.kind === "event") {
    lastId = message.lastId; // the next to lead goes on from there
    received(message.type, message.data);
  } else if (message.kind === "live") {
    ({ opened, lastId } = message);
    setLive(message.state);
  } else if (message.kind === "look-again") {
    lastId = "";
    lookAgain();
  }
});

function lead() {
  leading = true;
  open();
  return new Promise(() => {}); // held until this tab goes
}

function start() {
  say({ kind: "topics", topics: ownTopics() });
  if (shared) navigator.locks.request("maru-live", lead);
  else lead();
  addEventListener("pagehide", () => say({ kind: "bye" }));
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
    this.since = started ? Date.now() - LATE : asked;
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
