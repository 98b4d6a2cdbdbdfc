// A field with data-auto sends its form when it was changed; without script its button does.
{
  for (const field of document.querySelectorAll("[data-auto]")) {
    field.addEventListener("change", () => field.form.requestSubmit());
  }
}
