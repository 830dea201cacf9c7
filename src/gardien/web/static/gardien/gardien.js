// Keys of the counter: F2 finds a customer, Ctrl+Enter sends the form at hand, Escape closes the menu.
document.addEventListener("keydown", (event) => {
  if (event.key === "F2") {
    const search = document.getElementById("search");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  if (event.key === "Escape") {
    document.querySelectorAll("details.who[open]").forEach((menu) => menu.removeAttribute("open"));
  }
});

// A refused form brings the reader to what must be mended.
document.addEventListener("DOMContentLoaded", () => {
  const errors = document.querySelector("[data-focus]");
  if (errors) errors.focus();
});
