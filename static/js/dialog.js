// Buttons with data-dialog="<id>" open that dialog. A form with data-confirm="<question>" asks before it is sent;
// without JavaScript the dialogs' contents are reached by their own pages and the form is simply sent.

const texts = () => document.querySelector("maru-texts").dataset;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (!opener) return;
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
  dialog.querySelector("[autofocus], input:not([type=hidden]), textarea, select")?.focus();
});

// A click on the backdrop closes: the backdrop is the dialog element itself, outside its box.
document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLDialogElement && event.target.matches(".dialog, .palette")) event.target.close();
});

function ask(question, go) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-label", question);
  const body = document.createElement("div");
  body.className = "dialog__body";
  const text = document.createElement("p");
  text.textContent = question;
  const actions = document.createElement("div");
  actions.className = "dialog__actions";
  const choice = (label, variant, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    if (variant) button.dataset.variant = variant;
    button.textContent = label;
    button.addEventListener("click", () => {
      dialog.close();
      act();
    });
    return button;
  };
  actions.append(choice(texts().cancel, "", () => {}), choice(texts().confirm, "primary", go));
  body.append(text, actions);
  dialog.append(body);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (!question || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    ask(question, () => {
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter);
      delete form.dataset.confirmed;
    });
  },
  true,
);
