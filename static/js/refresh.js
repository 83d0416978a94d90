// Parts of a page (data-refreshes) that ask for themselves anew when there is news.

const again = (id) => document.getElementById(id)?.dispatchEvent(new CustomEvent("refresh:again"));

// News that come while a part is on its way are not in its answer, and a request that waits for its turn goes with
// the part that is replaced. So it is asked for once more then.
let news = 0;
const knew = {};

["maru:ticket-changed", "maru:approval", "maru:notification"].forEach((name) =>
  document.addEventListener(name, () => (news += 1), true),
);

document.addEventListener("htmx:beforeSend", ({ detail: { elt } }) => {
  if (elt.hasAttribute("data-refreshes")) knew[elt.id] = news;
});

document.addEventListener("htmx:afterSettle", ({ target: { id } }) => {
  if (!(id in knew)) return;
  if (knew[id] !== news) setTimeout(again, 0, id);
  delete knew[id];
});

// A button taken away between press and release gets no click: the part waits until the button is let go. Of the
// secondary button's release a page may never hear, as of one in another window.
let isPressing = false;
const held = new Set();

addEventListener("pointerdown", ({ button }) => (isPressing = button === 0), true);

["pointerup", "pointercancel", "blur"].forEach((end) =>
  addEventListener(
    end,
    ({ type, target }) => {
      if (type === "blur" && target !== window) return; // of a field
      isPressing = false;
      held.forEach((id) => setTimeout(again, 0, id)); // after the click
      held.clear();
    },
    true,
  ),
);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { elt } = detail.requestConfig;
  if (!isPressing || !elt.hasAttribute("data-refreshes")) return;
  detail.shouldSwap = false;
  held.add(elt.id);
});

// The keyboard stays where it was. htmx puts it back by id, but before the fold around it is open (js/keep.js, whose
// listeners come first), and most links and buttons have none.
let focused = null;

const nameOf = (element) => [element.name, element.getAttribute("href"), element.textContent.trim()].join();
const twinOf = ({ id, tag, name }) =>
  id ? document.getElementById(id) : [...document.querySelectorAll(tag)].find((each) => nameOf(each) === name);

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const place = document.activeElement;
  const isKept = detail.requestConfig.elt.hasAttribute("data-refreshes") && place && place !== document.body;
  focused = isKept ? { id: place.id, tag: place.tagName, name: nameOf(place) } : null;
});

["htmx:afterSwap", "htmx:oobAfterSwap"].forEach((swapped) =>
  document.addEventListener(swapped, () => {
    if (focused && document.activeElement === document.body) twinOf(focused)?.focus({ preventScroll: true });
  }),
);
