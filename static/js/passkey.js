// Passkeys: hands the server's options to the browser, and the browser's answer to a form.
// Without this the rest of the page still signs a person in.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const WAYS = {
  create({ publicKey }) {
    const wanted = { residentKey: "required", requireResidentKey: true, userVerification: "required" };
    publicKey.authenticatorSelection = { ...publicKey.authenticatorSelection, ...wanted };
    publicKey.challenge = bytes(publicKey.challenge);
    publicKey.user.id = bytes(publicKey.user.id);
    for (const each of publicKey.excludeCredentials ?? []) each.id = bytes(each.id);
    return navigator.credentials.create({ publicKey });
  },
  get({ publicKey }) {
    publicKey.challenge = bytes(publicKey.challenge);
    for (const each of publicKey.allowCredentials ?? []) each.id = bytes(each.id);
    return navigator.credentials.get({ publicKey });
  },
};

// Browsers send bytes; the form carries them as text.
function asText({ id, rawId, type, response, authenticatorAttachment, getClientExtensionResults }, credential) {
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  const clientExtensionResults = getClientExtensionResults.call(credential);
  return JSON.stringify({ id, type, rawId: text(rawId), response: parts, authenticatorAttachment, clientExtensionResults });
}

async function optionsFor(form) {
  const stored = document.getElementById(form.dataset.from);
  if (stored) return JSON.parse(stored.textContent);
  const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The site answered ${answer.status}`);
  return (await answer.json()).request_options;
}

function prepare(form) {
  const said = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.hidden = true;
    try {
      const credential = await WAYS[form.dataset.passkey](await optionsFor(form));
      form.elements.credential.value = asText(credential, credential);
      form.submit();
    } catch (error) {
      said.textContent =
        error.name === "InvalidStateError"
          ? "This device already has a passkey for your account."
          : "The passkey wasn’t used. Try again, or sign in another way.";
      said.hidden = false;
    }
  });
}

const can = Boolean(window.PublicKeyCredential);
for (const place of document.querySelectorAll("[data-passkeys]")) place.hidden = !can;
for (const place of document.querySelectorAll("[data-no-passkeys]")) place.hidden = can;
if (can) for (const form of document.querySelectorAll("[data-passkey]")) prepare(form);
