// Keeps the random id of the form that was sent, until the tab is closed. Back then shows that form
// emptied: see form.js.
try {
  sessionStorage.setItem("sent", document.querySelector("[data-sent-form]").dataset.sentForm);
} catch {} // storage is switched off
