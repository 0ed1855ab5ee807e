// Drafts of notes, for this tab only: sessionStorage goes with the tab, and what it holds is
// encrypted with a key that only the writer's own pages carry. A draft goes when the server says
// that it saved it, when somebody else signs in here, and on signing out.

const PREFIX = "draft ";
const SENT = "drafts sent";

export const all = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));

export function forgetAll() {
  for (const name of all()) sessionStorage.removeItem(name);
  sessionStorage.removeItem(SENT);
}

const lastSent = () => JSON.parse(sessionStorage.getItem(SENT) ?? "{}");

// A form of several pages is sent to the same place, from each of them.
export function sent(place, names) {
  const last = lastSent();
  const earlier = last.place === place ? last.names : [];
  sessionStorage.setItem(SENT, JSON.stringify({ place, names: [...new Set([...earlier, ...names])] }));
}

// Called where the server says that it saved what was sent to ``place``, or last: only that goes.
export function forgetSaved(place) {
  const last = lastSent();
  if (last.names && (!place || last.place === place)) for (const name of last.names) sessionStorage.removeItem(name);
  sessionStorage.removeItem(SENT);
}

// By where the form is sent, because a form that was refused is shown at another address than
// before; or by the name of a form that several buttons send to different places.
export function nameOf(user, field) {
  const { form } = field;
  const place = form.dataset.draft ?? new URL(form.getAttribute("action") ?? "", location.href).pathname;
  return `${PREFIX}${user} ${place} ${field.name}${isTicked(field) ? ` ${field.value}` : ""}`;
}

// What a field holds, and what it held when the page came, as text that is never empty for a choice.
const isTicked = ({ type }) => type === "checkbox" || type === "radio";
const chosen = (option) => `=${option?.value ?? ""}`;

export function valueOf(field) {
  if (isTicked(field)) return String(field.checked);
  return field.options ? chosen(field.selectedOptions[0]) : field.value;
}

export function firstOf(field) {
  if (isTicked(field)) return String(field.defaultChecked);
  const { options, defaultValue } = field;
  return options ? chosen([...options].find((option) => option.defaultSelected) ?? options[0]) : defaultValue;
}

export function setValue(field, value) {
  if (isTicked(field)) field.checked = value === "true";
  else field.value = field.options ? value.slice(1) : value;
}

export const versionOf = (name) => `${name} version`;

export function forgetOthers(user) {
  for (const name of all()) if (!name.startsWith(`${PREFIX}${user} `)) sessionStorage.removeItem(name);
}

export async function keyFrom(text) {
  const raw = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

const letters = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""); // a page has too many to spread

export async function save(key, name, text) {
  if (!text) return sessionStorage.removeItem(name);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text));
  return sessionStorage.setItem(name, btoa(letters(iv) + letters(new Uint8Array(sealed))));
}

export async function read(key, name) {
  const stored = sessionStorage.getItem(name);
  if (!stored) return "";
  const raw = Uint8Array.from(atob(stored), (c) => c.charCodeAt(0));
  try {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: raw.slice(0, 12) }, key, raw.slice(12));
    return new TextDecoder().decode(text);
  } catch {
    sessionStorage.removeItem(name); // written before a change of password
    return "";
  }
}
