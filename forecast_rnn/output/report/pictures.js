// Pictures of one series, from the packed values that pictures.py and grids.py write.

const page = JSON.parse(document.getElementById("data").textContent);
const pictures = page.pictures;
const find = (id) => document.getElementById(id);

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CODES = new Map([...ALPHABET].map((letter, code) => [letter, code]));
const clocks = new Map();

function unpack(text, { low, step }) {
  const digits = pictures.digits;
  const missing = 64 ** digits - 1;
  const values = [];
  for (let start = 0; start < text.length; start += digits) {
    let code = 0;
    for (let place = 0; place < digits; place += 1) code = code * 64 + CODES.get(text[start + place]);
    values.push(code === missing ? NaN : low + code * step);
  }
  return values;
}

function timesOf(grid) {
  if (!clocks.has(grid)) {
    const [start, runs] = pictures.grids[grid];
    let time = start;
    const times = [time * pictures.unit];
    for (const run of runs ? runs.split(" ") : []) {
      const [difference, count] = run.split("*");
      for (let k = 0; k < (count || 1); k += 1) {
        time += +difference;
        times.push(time * pictures.unit);
      }
    }
    clocks.set(grid, times);
  }
  return clocks.get(grid);
}

function chunks(values, size) {
  return Array.from({ length: values.length / size }, (_, k) => values.slice(k * size, (k + 1) * size));
}

function opened(series) {
  const history = unpack(series.history, series);
  const { horizon, steps } = pictures;
  const windows = chunks(chunks(unpack(series.tested, series), horizon), 4);
  return {
    history,
    quantiles: steps ? chunks(unpack(series.forecast, series), steps) : [],
    windows: windows.map((lines, k) => ({ origin: series.origins[k], lines })),
    times: timesOf(series.grid).slice(series.at, series.at + history.length + steps),
  };
}

// Pictures of a series

// Packed in three characters, a number is right to five digits.
const value = (number) => figure(pictures.digits === 3 ? Number(number.toPrecision(5)) : number, 5);

function indexOf(times, time) {
  let index = times.findIndex((other) => other >= time);
  if (index < 0) index = times.length - 1;
  const before = Math.max(0, index - 1);
  const gap = times[index] - times[before];
  return gap > 0 ? before + (time - times[before]) / gap : index;
}

function timeAxis(times, low, high, width) {
  const ticks = timeTicks(times[low], times[high], Math.max(2, Math.floor(width / 110)), page.pace);
  return ticks.map((tick) => ({ ...tick, at: low + indexOf(times.slice(low, high + 1), tick.at) }));
}

function percentOf(level) { return `${figure(100 * level)}%`; }

function pairs(levels) {
  const found = [];
  for (let low = 0; low < levels.length - 1 - low; low += 1) found.push([low, levels.length - 1 - low]);
  return found;
}

function valueTicks(domain) { return axisTicks(domain[0], domain[1], 5); }

const NARROW = 500; // pixels, as a telephone has

// Rows of history before a forecast: where there is little room, few enough to leave it half.
function rowsShown(width) {
  const { shown, steps } = pictures;
  return width < NARROW && steps ? Math.min(shown, Math.max(steps, 12)) : shown;
}

function drawForecast(series, data) {
  const holder = find("forecast-chart");
  const { history, quantiles, times } = data;
  const median = quantiles[pictures.levels.indexOf(0.5)] || [];
  const begin = Math.max(0, history.length - rowsShown(holder.clientWidth));
  const last = history.length - 1;
  const y = extent([...history.slice(begin), ...quantiles.flat()]);
  const x = [begin, Math.max(begin + 1, times.length - 1)];
  const height = holder.clientWidth < NARROW ? 280 : 340;
  const chart = new Chart(holder, { height, x, y, yTicks: valueTicks(y), right: 20, yTitle: page.target,
    xTicks: timeAxis(times, x[0], Math.min(x[1], times.length - 1), holder.clientWidth), label: forecastWords(series, data, median) });
  const from = history.slice(-1); // bands and median set out from the last known value
  const ahead = (values) => [...from, ...values].map((one, k) => [history.length - from.length + k, one]);
  for (const [low, high] of quantiles.length ? pairs(pictures.levels) : []) {
    const upper = ahead(quantiles[high]);
    chart.band(ahead(quantiles[low]).map(([at, one], k) => [at, one, upper[k][1]]), "accent");
  }
  if (median.length) chart.add("line", { x1: chart.x(last + 0.5), x2: chart.x(last + 0.5), y1: chart.box.top, y2: chart.box.bottom, class: "now" });
  chart.line(history.map((one, k) => [k, one]).slice(begin), "ink");
  if (median.length) chart.line(ahead(median), "accent strong");
  chart.explain(times.map((time, k) => forecastRow(time, k, history, quantiles, median)).slice(begin));
}

function forecastRow(time, k, history, quantiles, median) {
  const title = timeText(time, page.pace);
  if (k < history.length) return { x: k, title, lines: [["actual", value(history[k])]], marks: [history[k]] };
  const step = k - history.length;
  const bands = pairs(pictures.levels).map(([low, high]) => [
    percentOf(pictures.levels[high] - pictures.levels[low]),
    `${value(quantiles[low][step])} to ${value(quantiles[high][step])}`]);
  return { x: k, title, lines: [["median", value(median[step])], ...bands], marks: [median[step]] };
}

function forecastWords(series, { times, history }, median) {
  if (!median.length) return `History of ${series.name}; there is no forecast.`;
  const [first, end] = [times[history.length], times.at(-1)].map((time) => timeText(time, page.pace));
  return `Forecast of ${series.name}: the median goes from ${value(median[0])} on ${first} to ${value(median.at(-1))} on ${end}.`;
}

// Windows that are drawn together, so that the picture stays readable; `back` turns pages.
function windowsShown(all, back) {
  const together = Math.max(1, Math.floor(200 / pictures.horizon));
  const end = Math.max(Math.min(together, all.length), all.length - back * together);
  const start = Math.max(0, end - together);
  find("pages").hidden = all.length <= together;
  find("page").textContent = `forecasts ${start + 1} to ${end} of ${all.length}`;
  find("earlier").disabled = start === 0;
  find("later").disabled = end === all.length;
  return [all.slice(start, end), all[end]];
}

function drawBacktest(series, data, back) {
  const holder = find("backtest-chart");
  find("backtest").hidden = !data.windows.length;
  if (!data.windows.length) return;
  const { horizon } = pictures;
  const { times } = data;
  const [windows, following] = windowsShown(data.windows, back);
  const history = following ? data.history.slice(0, following.origin + 1) : data.history;
  const begin = Math.max(0, windows[0].origin - horizon);
  const y = extent([...history.slice(begin), ...windows.flatMap(({ lines }) => lines.flat())]);
  const x = [begin, history.length - 1];
  const label = `${windows.length === 1 ? "One forecast" : `${windows.length} forecasts`} of held-back rows of ${series.name} and what came true.`;
  const chart = new Chart(holder, { height: 300, x, y, yTicks: valueTicks(y), label, right: 20,
    xTicks: timeAxis(times, x[0], x[1], holder.clientWidth) });
  const rows = history.slice(begin).map((one, k) => ({ x: begin + k, title: timeText(times[begin + k], page.pace),
    lines: [["actual", value(one)]], marks: [one] }));
  for (const { origin, lines: [low, median, high, naive] } of windows) {
    const points = (values) => values.map((one, k) => [origin + 1 + k, one]).filter(([at]) => at < history.length);
    chart.add("line", { x1: chart.x(origin + 0.5), x2: chart.x(origin + 0.5), y1: chart.box.top, y2: chart.box.bottom, class: "now" });
    chart.band(points(low).map(([at, one], k) => [at, one, high[k]]), "accent wide");
    chart.line(points(naive), "baseline");
    chart.line(points(median), "accent strong");
    points(median).forEach(([at, one], k) => {
      const row = rows[at - begin];
      row.lines.push(["forecast", value(one)], [page.interval, `${value(low[k])} to ${value(high[k])}`], [page.baseline, value(naive[k])]);
      row.marks.push(one);
    });
  }
  chart.line(history.map((one, k) => [k, one]).slice(begin), "ink");
  chart.explain(rows.map((row) => ({ ...row, lines: row.lines.filter(([, text]) => !text.startsWith("–")) })));
}
