// News that come while a part of the page (data-refreshes) is on its way are not in its answer, and a request that
// waits for its turn goes with the part that is replaced. So it is asked for once more then.

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
  const again = () => document.getElementById(id)?.dispatchEvent(new CustomEvent("refresh:again"));
  if (knew[id] !== news) setTimeout(again);
  delete knew[id];
});
