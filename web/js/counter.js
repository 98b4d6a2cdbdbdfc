// The counter's figures follow the stream, on its own page and wherever a public page shows some of them;
// without it they stand as they were rendered.
const page = document.querySelector("[data-counter]");
const places = [...document.querySelectorAll("[data-tally]")];
const group = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");
// Money stays whole 分 until it is written: no fraction is ever computed.
const yuan = (fen) => {
  const digits = String(Math.abs(fen)).padStart(3, "0");
  return `${fen < 0 ? "−" : ""}${group(digits.slice(0, -2))}.${digits.slice(-2)}`;
};
const value = (figures, path) => path.split(".").reduce((at, name) => at?.[name], figures);

const write = (figures) => {
  for (const place of places) {
    const path = place.dataset.tally;
    const found = value(figures, path);
    if (!Number.isSafeInteger(found)) continue;
    const text = path.endsWith("_fen") ? yuan(found) : group(String(found));
    if (place.textContent === text) continue;
    place.textContent = text;
    place.classList.remove("changed");
    requestAnimationFrame(() => place.classList.add("changed"));
  }
};

const bars = (counties) => {
  const most = Math.max(1, ...counties.map((c) => c.net_paid_fen));
  for (const { county, net_paid_fen } of counties) {
    const row = page.querySelector(`[data-county="${CSS.escape(county)}"]`);
    if (!row) return location.reload();
    row.querySelector(".v span").textContent = yuan(net_paid_fen);
    row.querySelector("rect").setAttribute("width", Math.max(0, (100 * net_paid_fen) / most).toFixed(1));
    row.parentElement.append(row);
  }
};
const show = (figures) => {
  write(figures);
  if (!page) return;
  for (const at of page.querySelectorAll("[data-text]")) at.textContent = value(figures, at.dataset.text);
  page.querySelector("[data-time]").textContent = figures.as_of.slice(0, 16).replace("T", " ");
  bars(figures.by_county);
};
const say = (connected) => {
  if (!page || (page.hasAttribute("data-connected") === connected && page.hasAttribute("data-lost") !== connected)) return;
  const lost = page.hasAttribute("data-lost");
  page.toggleAttribute("data-connected", connected);
  page.toggleAttribute("data-lost", !connected);
  if (!connected || lost) {
    page.querySelector("[data-status]").textContent = connected ? page.dataset.live : page.dataset.reconnecting;
  }
};

if ((page || places.length > 0) && "EventSource" in window) {
  let stream, again;
  const stop = () => {
    clearTimeout(again);
    stream?.close();
  };
  const follow = () => {
    stop();
    stream = new EventSource("/api/v1/counter/stream");
    stream.addEventListener("counter", (event) => { say(true); show(JSON.parse(event.data)); });
    stream.addEventListener("error", () => {
      say(false);
      // The browser tries again by itself unless the server refused.
      if (stream.readyState === EventSource.CLOSED) again = setTimeout(follow, 5000);
    });
  };
  follow();
  // A page that is put aside for the back button lets go of its stream, and takes it up when it comes back.
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
}
