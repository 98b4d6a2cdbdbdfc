// The last searches of this browser, kept nowhere else.
const KEPT = "yanxi.recent";

export const recent = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((text) => typeof text === "string").slice(0, 8) : [];
  } catch {
    return [];
  }
};

export const keep = (texts) => {
  try {
    localStorage.setItem(KEPT, JSON.stringify(texts.slice(0, 8)));
  } catch {
    // A browser that keeps nothing still searches.
  }
};
