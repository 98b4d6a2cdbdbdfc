// Small helps for forms that work without them: send on change, one unit more or less.
// On a field: it sends its form. On a form: any of its fields does, and its buttons are not needed.
for (const auto of document.querySelectorAll("[data-auto]")) {
  const form = auto.closest("form");
  if (auto === form) for (const button of form.querySelectorAll("button")) button.hidden = true;
  auto.addEventListener("change", () => form.requestSubmit());
}
for (const button of document.querySelectorAll("[data-step]")) {
  const input = button.parentElement.querySelector("input");
  button.hidden = false;
  button.addEventListener("click", () => {
    if (Number(button.dataset.step) > 0) input.stepUp();
    else input.stepDown();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
