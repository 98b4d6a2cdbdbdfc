// A checkout works out its sums anew when the place or what they hang on changes.
const form = document.querySelector("form[data-live]");
if (form) {
  let running;
  const refresh = async () => {
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "price");
    try {
      const answer = await fetch(form.action, { method: "POST", body, signal: running.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const parts = page.querySelectorAll("[data-part]");
      if (parts.length === 0) location.assign("/cart");
      for (const part of parts) form.querySelector(`[data-part="${part.dataset.part}"]`)?.replaceWith(part);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "region_code" || "refresh" in event.target.dataset) refresh();
  });
}
