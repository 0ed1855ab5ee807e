// Keeps the random id of the form that was sent, until the tab is closed. Back then shows that form
// emptied: see form.js.
try {
  sessionStorage.setItem("sent", document.querySelector("[data-sent-form]").dataset.sentForm);
} catch {} // storage is switched off

// A button that prints, where there is a script to do it.
const print = document.createElement("button");
print.className = "button button-quiet";
print.textContent = "Print";
print.onclick = () => window.print();
document.querySelector("[data-print]").append(print);
