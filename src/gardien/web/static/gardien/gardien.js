// Keys of the counter: F2 finds a customer, Escape closes the menu, Ctrl+Enter sends the form at hand,
// or the page's main form when nothing was typed in the one at hand and nothing in it was refused.
const isTouched = (form) =>
  form.querySelector("[aria-invalid]") ||
  [...form.elements].some((field) => "defaultValue" in field && field.value !== field.defaultValue);

function send(at) {
  const main = document.querySelector("form[data-main]");
  const form = at && (!main || isTouched(at)) ? at : main;
  if (form) form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "F2") {
    const search = document.getElementById("search");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send(event.target.form);
  }
  if (event.key === "Escape") {
    document.querySelectorAll("details.who[open]").forEach((menu) => menu.removeAttribute("open"));
  }
});

// A figure that is offered is replaced by typing over it.
document.addEventListener("focusin", (event) => {
  if (["decimal", "numeric"].includes(event.target.inputMode)) event.target.select();
});

// A refused form brings the reader to the first field to be mended, or to what is said about it.
document.addEventListener("DOMContentLoaded", () => {
  const first = document.querySelector("main [aria-invalid]") || document.querySelector("[data-focus]");
  if (first) first.focus();
});

// A wording is read from its beginning, though the button below it has the focus.
window.addEventListener("load", () => {
  if (document.querySelector(".wording")) requestAnimationFrame(() => window.scrollTo(0, 0));
});

// Where a part of a page cannot be had, by a refusal or because the session has ended, the form goes the plain way.
const goPlain = (event) => event.detail.requestConfig.elt.submit();

for (const refusal of ["htmx:responseError", "htmx:sendError", "htmx:swapError"]) {
  document.addEventListener(refusal, goPlain);
}
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status === 200 && new URL(xhr.responseURL).pathname !== requestConfig.path) {
    event.preventDefault();
    goPlain(event);
  }
});
