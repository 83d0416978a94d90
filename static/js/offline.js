// A bar across the top while the browser has no network.

let strip;

function show() {
  if (strip) return;
  strip = document.createElement("div");
  strip.className = "offline-bar";
  strip.setAttribute("role", "status");
  const { offline, unsent } = document.querySelector("maru-texts").dataset;
  strip.textContent = `${offline} ${unsent}`;
  document.body.prepend(strip);
}

addEventListener("offline", show);
addEventListener("online", () => {
  strip?.remove();
  strip = null;
});
