// Shortcuts are declared where they act: data-key="KeyR" on a button, link or field. A match clicks it, or puts the
// cursor into a field. data-key="KeyG KeyI" is a sequence, data-key="Mod+KeyK" needs Ctrl or Cmd.
// Keys are matched on the physical key first (event.code), so they work with a Hangul keyboard on. Nothing happens
// while something is typed or composed, or when the reader turned shortcuts off (<html data-keys="off">).

const GAP = 1200;
let first = "";
let firstAt = 0;

const isTyping = (event) =>
  event.isComposing ||
  event.keyCode === 229 ||
  event.target.isContentEditable ||
  event.target.matches?.("textarea, select, input:not([type=checkbox], [type=radio])");

const LETTER = /^Key([A-Z])$/;

// A layout without that code (remote desktops, on-screen keyboards) still has the letter in event.key.
function codeOf(event) {
  if (event.code) return event.code;
  return /^[a-z]$/i.test(event.key) ? `Key${event.key.toUpperCase()}` : event.key;
}

function target(chord) {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(chord)}"]`)];
  return found.find((element) => element.offsetParent !== null || element.closest("dialog[open]"));
}

function act(element) {
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) && element.type !== "checkbox") element.focus();
  else element.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.documentElement.dataset.keys === "off") return;
  const code = codeOf(event);
  const mod = event.ctrlKey || event.metaKey;
  if (mod && !event.altKey && !event.isComposing) {
    const element = target(`Mod+${code}`);
    if (element) {
      event.preventDefault();
      act(element);
    }
    return;
  }
  if (mod || event.altKey || isTyping(event) || document.querySelector("dialog[open]")) return;
  const name = event.shiftKey && LETTER.test(code) ? `Shift+${code}` : event.key === "?" ? "?" : code;
  const now = performance.now();
  const pair = first && now - firstAt < GAP ? target(`${first} ${name}`) : null;
  const element = pair || target(name);
  first = name;
  firstAt = now;
  if (!element) return;
  event.preventDefault();
  first = "";
  act(element);
});
