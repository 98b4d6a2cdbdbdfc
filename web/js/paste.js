// A pasted address fills the form at once; without script the button beside it does.
const field = document.querySelector("[data-paste]");
if (field) {
  const read = async () => {
    const text = field.value.trim();
    if (text.length < 6) return;
    const answer = await fetch("/api/v1/addresses/read", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: text.slice(0, 300) }),
    });
    if (!answer.ok) return;
    const found = await answer.json();
    for (const name of ["name", "phone", "street"]) {
      if (found[name]) field.form.elements[name].value = found[name];
    }
    const picker = field.form.querySelector("[data-regions]");
    if (found.region_code) picker.dispatchEvent(new CustomEvent("region", { detail: found.region_code }));
  };
  field.addEventListener("paste", () => setTimeout(read));
  field.addEventListener("change", read);
  field.nextElementSibling?.addEventListener("click", (event) => {
    event.preventDefault();
    read();
  });
}
