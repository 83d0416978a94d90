// <maru-passkey>: a button that makes or uses a passkey and sends the form around it. The question comes with the page
// or, at the sign-in, from data-source. Where a browser has no passkeys the button stays hidden.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const asked = ({ publicKey }) => {
  const known = (rows) => rows?.map((row) => ({ ...row, id: bytes(row.id) }));
  const question = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (publicKey.user) question.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  if (publicKey.excludeCredentials) question.excludeCredentials = known(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) question.allowCredentials = known(publicKey.allowCredentials);
  return { publicKey: question };
};

const told = (credential) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
};

class Passkey extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!window.PublicKeyCredential || !button) return;
    this.querySelector("[data-missing]")?.remove();
    button.hidden = false;
    button.addEventListener("click", () => this.use(button));
  }

  async use(button) {
    const failed = this.querySelector("[data-failed]");
    failed.hidden = true;
    button.disabled = true;
    try {
      const question = asked(await this.question());
      const credential = await navigator.credentials[this.dataset.mode](question);
      const form = this.closest("form");
      form.elements[this.dataset.field].value = JSON.stringify(told(credential));
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  }

  async question() {
    if (this.dataset.options) return JSON.parse(this.dataset.options);
    const answer = await fetch(this.dataset.source, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  }
}

customElements.define("maru-passkey", Passkey);
