// Counts a hold down to its end, says the minutes to screen readers, and asks for the page anew when it is over.
const clock = document.querySelector("[data-countdown]");
if (clock) {
  const end = Date.parse(clock.dataset.countdown);
  const said = document.querySelector("[data-countdown-said]");
  let minutes = -1;
  const tick = () => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    clock.textContent = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
    if (said && Math.ceil(left / 60) !== minutes) {
      minutes = Math.ceil(left / 60);
      said.textContent = said.dataset.countdownSaid.replace("{minutes}", minutes);
    }
    if (left === 0) {
      clearInterval(timer);
      setTimeout(() => location.reload(), 2500);
    }
  };
  const timer = setInterval(tick, 1000);
  if (end > Date.now()) tick();
  else clearInterval(timer);
}
