// The forecast of a series in a sentence, and as a table that can be copied.

function tellForecast(series, { history, quantiles, times }) {
  const words = find("forecast-words");
  const table = find("forecast-table");
  const median = quantiles[pictures.levels.indexOf(0.5)] || [];
  const steps = median.filter(Number.isFinite).length;
  const ahead = times.slice(history.length, history.length + steps);
  words.textContent = steps ? forecastSentence(median.slice(0, steps), quantiles, ahead) : `There is no forecast of ${series.name}.`;
  if (!table) return;
  find("copy-forecast").textContent = "copy";
  const columns = [median, ...(pictures.levels.length > 1 ? [quantiles[0], quantiles.at(-1)] : [])];
  const written = alike(columns.flat());
  table.tBodies[0].replaceChildren(...ahead.map((time, step) =>
    tableRow(timeText(time, page.pace), columns.map((values) => written(values[step])))));
}

// How numbers that stand below each other are written: with the same decimals, five digits of the largest.
function alike(values) {
  const size = Math.max(...values.filter(Number.isFinite).map(Math.abs), 0);
  if (size >= 1e15 || size < 1e-4) return value;
  const decimals = Math.min(12, Math.max(0, 4 - Math.floor(Math.log10(size))));
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return (one) => (Number.isFinite(one) ? one.toLocaleString("en-US", digits).replace("-", MINUS) : "–");
}

function forecastSentence(median, quantiles, ahead) {
  const count = median.length;
  const [first, last] = [ahead[0], ahead.at(-1)].map((time) => timeText(time, page.pace));
  const [low, high] = range(median);
  const what = count === 1 ? `Next ${page.period} (${first}): ${page.target} ${figure(low)}`
    : `Next ${count.toLocaleString("en-US")} ${page.period}s (${first} to ${last}): ${page.target} from ${figure(low)} to ${figure(high)}, `
      + `${figure(median.reduce((sum, one) => sum + one, 0))} in total`;
  if (pictures.levels.length < 2) return `${what}.`;
  const least = range(quantiles[0].slice(0, count))[0];
  const most = range(quantiles.at(-1).slice(0, count))[1];
  return `${what}; ${page.interval} interval${count > 1 ? "s" : ""} from ${figure(least)} to ${figure(most)}.`;
}

function range(values) {
  return values.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [Infinity, -Infinity]);
}

function tableRow(head, cells) {
  const row = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.textContent = head;
  row.append(name, ...cells.map((text) => {
    const cell = document.createElement("td");
    cell.className = "number";
    cell.textContent = text;
    return cell;
  }));
  return row;
}

// A table as a spreadsheet takes it: tabs between cells, true minus signs as plain ones.
function tableText(table) {
  const lines = [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent).join("\t"));
  return lines.join("\n").replaceAll(MINUS, "-");
}
