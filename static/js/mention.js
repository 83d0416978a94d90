// <textarea data-mention="/w/suggest/people/">: after “@” and two letters of a name or user name the people are
// offered below the field. Arrow keys walk, Enter or Tab picks, Escape closes; nothing is picked while a syllable is
// composed. Without scripts “@username” is typed by hand.

const TYPED = /(?:^|[\s(])@([\p{L}\p{N}][\p{L}\p{N}_.+-]{0,59})$/u;
const PAUSE = 200;

let field = null; // whose list is open
let list = null;
let timer = 0;

function close() {
  clearTimeout(timer);
  list?.remove();
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
  field = list = null;
}

const begun = (text) => text.value.slice(0, text.selectionStart).match(TYPED)?.[1] || "";

async function offer(text) {
  const typed = begun(text);
  const url = new URL(text.dataset.mention, location.href);
  url.searchParams.set("q", typed);
  let answer;
  try {
    answer = await fetch(url, { headers: { "HX-Request": "true" } });
  } catch {
    return;
  }
  if (!answer.ok || begun(text) !== typed || document.activeElement !== text) return;
  const page = new DOMParser().parseFromString(`<select>${await answer.text()}</select>`, "text/html");
  const people = [...page.querySelectorAll("option")];
  close();
  if (!people.length) return;
  field = text;
  list = document.createElement("ul");
  list.className = "mention-list";
  list.id = `${text.id}-people`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector("maru-texts").dataset.people);
  people.forEach(({ value, textContent }, at) => {
    const option = document.createElement("li");
    option.id = `${list.id}-${at}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(at === 0));
    option.dataset.name = value;
    option.textContent = textContent;
    list.append(option);
  });
  text.after(list);
  text.setAttribute("aria-controls", list.id);
  text.setAttribute("aria-activedescendant", list.firstChild.id);
}

function pick(option) {
  const text = field;
  const typed = begun(text);
  close();
  text.setRangeText(`${option.dataset.name} `, text.selectionStart - typed.length, text.selectionStart, "end");
  text.dispatchEvent(new Event("input", { bubbles: true })); // the draft
  text.focus();
}

document.addEventListener("input", ({ target }) => {
  if (!target.dataset?.mention) return;
  clearTimeout(timer);
  if (begun(target).length >= 2) timer = setTimeout(offer, PAUSE, target);
  else close();
});

// Before the composer's own keys: Enter picks, it does not send.
document.addEventListener(
  "keydown",
  (event) => {
    if (!list || event.target !== field || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey) return;
    const options = [...list.children];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "Escape") close();
    else if (event.key === "Enter" || event.key === "Tab") pick(options[at]);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === next)));
      field.setAttribute("aria-activedescendant", options[next].id);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.(".mention-list [role=option]");
  if (!option) return close();
  event.preventDefault(); // the field keeps the cursor
  return pick(option);
});

document.addEventListener("focusout", ({ target }) => target === field && close());
