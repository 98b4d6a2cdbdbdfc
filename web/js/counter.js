// The counter's page follows the figures as they change and says when it cannot.
{
  const page = document.querySelector("[data-counter]");
  if (page && "EventSource" in window) {
    const status = page.querySelector("[data-status]");
    const group = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");
    const yuan = (fen) => {
      const whole = Math.abs(fen);
      return `${fen < 0 ? "−" : ""}${group(String(Math.floor(whole / 100)))}.${String(whole % 100).padStart(2, "0")}`;
    };
    const value = (figures, path) => path.split(".").reduce((at, name) => at?.[name], figures);
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
      for (const at of page.querySelectorAll("[data-fen]")) at.textContent = yuan(value(figures, at.dataset.fen));
      for (const at of page.querySelectorAll("[data-count]")) at.textContent = group(String(value(figures, at.dataset.count)));
      for (const at of page.querySelectorAll("[data-text]")) at.textContent = value(figures, at.dataset.text);
      page.querySelector("[data-time]").textContent = figures.as_of.slice(0, 16).replace("T", " ");
      bars(figures.by_county);
    };
    const say = (connected) => {
      if (page.hasAttribute("data-connected") === connected && page.hasAttribute("data-lost") !== connected) return;
      const lost = page.hasAttribute("data-lost");
      page.toggleAttribute("data-connected", connected);
      page.toggleAttribute("data-lost", !connected);
      if (!connected || lost) status.textContent = connected ? page.dataset.live : page.dataset.reconnecting;
    };
    const follow = () => {
      const stream = new EventSource("/api/v1/counter/stream");
      stream.addEventListener("counter", (event) => { say(true); show(JSON.parse(event.data)); });
      stream.addEventListener("error", () => {
        say(false);
        // The browser tries again by itself unless the server refused.
        if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
      });
    };
    follow();
  }
}
