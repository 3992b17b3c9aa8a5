// The choice of a series, the theme, the width of the window and of paper.

const PAPER_WIDTH = 680;

// Which series

const search = find("search");
const select = find("series");
let current = pictures.series[0];
let back = 0; // pages of the backtest before the last

function scoreWords(scores) {
  if (!scores) return "";
  const [network, baseline, coverage] = scores;
  const parts = [];
  if (network !== null) parts.push(`${page.metric} ${figure(network)}`);
  if (baseline !== null && parts.length) parts[0] += ` against ${figure(baseline)} of the ${page.baseline}`;
  if (coverage !== null) parts.push(`${percent(coverage)} of the actual values inside the ${page.interval} interval`);
  return parts.length ? `In the backtest: ${parts.join(", ")}.` : "";
}

function draw() {
  const data = opened(current);
  drawForecast(current, data);
  tellForecast(current, data);
  drawBacktest(current, data, back);
  for (const name of document.querySelectorAll(".current")) name.textContent = current.name;
  const who = current.simple ? `This forecast is the ${page.baseline}'s, not the network's. ` : "";
  find("series-scores").textContent = who + scoreWords(page.scores[current.item]);
  for (const button of document.querySelectorAll("button[data-item]")) {
    button.setAttribute("aria-pressed", String(+button.dataset.item === current.item));
  }
}

function choose(item, aloud = false) {
  const found = pictures.series.find((series) => series.item === item);
  if (!found) return;
  current = found;
  back = 0;
  if (select) select.value = String(item);
  draw();
  if (aloud) say(`${current.name} is shown.`);
}

function offer() {
  const words = search.value.trim().toLowerCase();
  const fitting = pictures.series.filter((series) => series.name.toLowerCase().includes(words));
  select.replaceChildren(...fitting.map((series) => {
    const option = new Option(series.name, series.item);
    option.dir = "auto";
    return option;
  }));
  find("found").textContent = words ? `${fitting.length.toLocaleString("en-US")} found` : "";
  if (!fitting.length) return;
  if (fitting.includes(current)) select.value = String(current.item);
  else choose(fitting[0].item);
}

function walk(step) {
  const place = select.selectedIndex + step;
  if (place >= 0 && place < select.options.length) choose(+select.options[place].value, true);
}

if (select) {
  offer();
  search.addEventListener("input", offer);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    walk(event.key === "ArrowDown" ? 1 : -1);
  });
  select.addEventListener("change", () => choose(+select.value));
  find("previous").addEventListener("click", () => walk(-1));
  find("next").addEventListener("click", () => walk(1));
}
for (const button of document.querySelectorAll("button[data-item]")) {
  button.addEventListener("click", () => {
    if (search) { search.value = ""; offer(); }
    choose(+button.dataset.item, true);
    find("forecasts").scrollIntoView({ block: "start" });
  });
}

for (const [id, turn] of [["earlier", 1], ["later", -1]]) {
  find(id)?.addEventListener("click", () => {
    back += turn;
    draw();
    say(find("page").textContent);
  });
}

// Theme, copying, width, paper

const theme = find("theme");
const themes = ["auto", "light", "dark"];

function keep(name, change) {
  try { return change === undefined ? localStorage.getItem(name) : localStorage.setItem(name, change); } catch { return null; }
}

function wear(name) {
  document.documentElement.dataset.theme = name;
  theme.querySelector("span").textContent = name;
}

wear(themes.includes(keep("forecast-rnn-theme")) ? keep("forecast-rnn-theme") : "auto");
theme.addEventListener("click", () => {
  wear(themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length]);
  keep("forecast-rnn-theme", document.documentElement.dataset.theme);
});
function offerCopy(button, shown, text) {
  find(button)?.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text()); say("Copied."); find(button).textContent = "copied"; } catch {
      getSelection().selectAllChildren(find(shown)); // to be copied by hand
    }
  });
}

offerCopy("copy", "command", () => find("command").textContent);
offerCopy("copy-forecast", "forecast-table", () => tableText(find("forecast-table")));

function drawAll() {
  if (current) draw();
  if (page.skill) drawSkill();
  if (page.errors) drawErrors();
  if (page.coverage) drawPromises("coverage");
  if (page.reliability) drawPromises("reliability");
  if (page.race) drawRace();
  if (page.training) drawTraining();
}

let width = 0;
new ResizeObserver(() => {
  const now = document.querySelector("main").clientWidth;
  if (now !== width) drawAll();
  width = now;
}).observe(document.querySelector("main"));
addEventListener("beforeprint", () => { printWidth = PAPER_WIDTH; drawAll(); });
addEventListener("afterprint", () => { printWidth = 0; drawAll(); });
drawAll();
