// A bar when the session has ended while the page was open. Nothing that was typed goes away: one signs in in another
// tab and comes back; the forms get the token of the new session then, if it is the same person's.

let strip = null;

const person = (page) =>
  [...page.querySelectorAll("maru-live")].map((live) => live.getAttribute("topics")?.match(/\busers\/\d+/)?.[0]).find(Boolean);

function show() {
  if (strip) return;
  const { signedOut, signIn, login } = document.querySelector("maru-texts").dataset;
  strip = document.createElement("div");
  strip.className = "offline-bar";
  strip.setAttribute("role", "alert");
  const link = document.createElement("a");
  link.href = login;
  link.target = "_blank";
  link.textContent = signIn;
  strip.append(`${signedOut} `, link);
  document.querySelector(".skip").after(strip); // which stays the first thing on the page
}

async function lookAgain() {
  if (!strip) return;
  let answer;
  try {
    answer = await fetch(location.href);
  } catch {
    return;
  }
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token || person(page) !== person(document)) return;
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => {
    field.value = token;
  });
  strip?.remove();
  strip = null;
  document.dispatchEvent(new CustomEvent("maru:signed-in"));
}

document.addEventListener("maru:signed-out", show);
document.addEventListener("htmx:responseError", ({ detail }) => detail.xhr.status === 401 && show());
document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.xhr.status === 401 && show());
addEventListener("focus", lookAgain);
document.addEventListener("visibilitychange", () => document.hidden || lookAgain());
