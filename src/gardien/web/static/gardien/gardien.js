// Keys of the counter: F2 finds a customer, Escape closes the menu, Ctrl+Enter sends the form at hand, or the page's
// main form when nothing was typed in the one at hand and nothing in it was refused; ? shows them all, and a letter
// answers a question with the choice that begins with it.
const isChanged = (field) =>
  field.options
    ? field.selectedIndex !== Math.max(0, [...field.options].findIndex((each) => each.defaultSelected))
    : field.checked !== field.defaultChecked || ("defaultValue" in field && field.value !== field.defaultValue);

const isTouched = (form) => form.querySelector("[aria-invalid]") || [...form.elements].some(isChanged);

function send(at) {
  const main = document.querySelector("form[data-main]");
  const form = at && (!main || isTouched(at)) ? at : main;
  if (form) form.requestSubmit();
}

const isTyping = (target) => target.matches("textarea, select, input:not([type=radio], [type=checkbox])");

function choose(radio, letter) {
  const choices = [...document.getElementsByName(radio.name)];
  const chosen = choices.find((each) => each.labels[0]?.textContent.trim().toLowerCase().startsWith(letter));
  if (!chosen) return;
  chosen.focus();
  chosen.click();
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const isCommand = event.ctrlKey || event.metaKey;
  if (key === "F2") {
    const search = document.getElementById("search");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (key === "Enter" && isCommand) {
    event.preventDefault();
    send(target.form);
  }
  if (key === "Escape") {
    document.querySelectorAll("details.who[open]").forEach((menu) => menu.removeAttribute("open"));
  }
  if (key === "?" && !isTyping(target)) {
    event.preventDefault();
    show("keys");
  }
  if (target.type === "radio" && /^\p{L}$/u.test(key) && !isCommand && !event.altKey) {
    choose(target, key.toLowerCase());
  }
});

// Sheets that open above the page: the browser keeps the focus in them, closes them on Escape and gives the focus back.
function show(id) {
  const sheet = document.getElementById(id);
  if (sheet && !sheet.open) sheet.showModal();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) show(opener.dataset.opens);
});

// A figure that is offered is replaced by typing over it.
document.addEventListener("focusin", (event) => {
  if (["decimal", "numeric"].includes(event.target.inputMode)) event.target.select();
});

// A refused form brings the reader to the first field to be mended, or to what is said about it.
document.addEventListener("DOMContentLoaded", () => {
  const first = document.querySelector("main [aria-invalid]") || document.querySelector("[data-focus]");
  const field = first && first.matches("fieldset") ? first.querySelector("input") : first;
  if (field) field.focus();
});

// A wording is read from its beginning, though the button below it has the focus.
window.addEventListener("load", () => {
  if (document.querySelector(".wording")) requestAnimationFrame(() => window.scrollTo(0, 0));
});

// Where a part of a page cannot be had, by a refusal or because the session has ended, the form goes the plain way;
// what a form does by itself while it is typed says so in its own place, and the form stays as it is.
function goPlain(event) {
  const { elt } = event.detail.requestConfig;
  if (!elt.dataset.ended) {
    elt.submit();
    return;
  }
  const { xhr } = event.detail;
  elt.textContent = xhr && [401, 403].includes(xhr.status) ? elt.dataset.ended : elt.dataset.away;
}

for (const refusal of ["htmx:responseError", "htmx:sendError", "htmx:swapError"]) {
  document.addEventListener(refusal, goPlain);
}
