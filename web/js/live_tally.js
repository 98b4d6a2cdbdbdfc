// The counter's figures on a public page follow the stream; without it they stand as they were rendered.
{
  const places = [...document.querySelectorAll("[data-tally]")];
  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  // Money stays whole 分 until it is written: no fraction is ever computed.
  const yuan = (fen) => {
    const digits = String(Math.abs(fen)).padStart(3, "0");
    return `${fen < 0 ? "-" : ""}${grouped(digits.slice(0, -2))}.${digits.slice(-2)}`;
  };
  const show = (figures) => {
    for (const place of places) {
      const path = place.dataset.tally;
      const value = path.split(".").reduce((at, key) => at?.[key], figures);
      if (!Number.isSafeInteger(value)) continue;
      const text = path.endsWith("_fen") ? yuan(value) : grouped(String(value));
      if (place.textContent === text) continue;
      place.textContent = text;
      place.classList.remove("changed");
      requestAnimationFrame(() => place.classList.add("changed"));
    }
  };
  if (places.length > 0 && "EventSource" in window) {
    const stream = new EventSource("/api/v1/counter/stream");
    stream.addEventListener("counter", (event) => show(JSON.parse(event.data)));
    addEventListener("pagehide", () => stream.close());
  }
}
