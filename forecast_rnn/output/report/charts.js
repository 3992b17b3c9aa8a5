"use strict";
// Scales, axes, marks and tooltips: all that a chart needs, drawn as SVG at the width there is.

const NAMESPACE = "http://www.w3.org/2000/svg";
const MINUS = "\u2212";
const DAY = 86400000;
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const WEEKDAYS = "Sun Mon Tue Wed Thu Fri Sat".split(" ");

function element(tag, attributes = {}, text = null) {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== null) made.textContent = text;
  return made;
}

// Numbers

function figure(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(digits - 1).replace("-", MINUS);
  const decimals = size === 0 ? 0 : Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  const text = value.toLocaleString("en-US", { maximumFractionDigits: Math.min(decimals, 12) });
  return text.replace("-", MINUS);
}

function percent(share) {
  return (Math.round(1000 * share) / 10).toFixed(Math.abs(share) < 0.0995 ? 1 : 0).replace("-", MINUS) + "%";
}

function roundSteps(low, high, count) {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k += 1) found.push(k * step + 0); // no -0
  return found;
}

// How the numbers of an axis are written: all with the same decimals, or all in powers of ten.
function axisText(ticks) {
  const sizes = ticks.map(Math.abs).filter((size) => size > 0);
  if (!sizes.length) return () => "0";
  const largest = Math.max(...sizes);
  if (largest >= 1e7 || largest < 1e-3) {
    const suffixes = [[1e12, "T"], [1e9, "B"], [1e6, "M"]];
    const [unit, suffix] = suffixes.find(([size]) => largest >= size && largest < 1e15) || [1, ""];
    return (value) => (value === 0 ? "0" : unit > 1 ? figure(value / unit) + suffix
      : value.toExponential(1).replace("-", MINUS));
  }
  const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : largest;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const written = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return (value) => (value === 0 ? 0 : value).toLocaleString("en-US", written).replace("-", MINUS);
}

function extent(values, { zero = false } = {}) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  if (low === high) { const room = Math.abs(low) * 0.1 || 1; return [low - room, high + room]; }
  const room = (high / 2 - low / 2) * 0.12;
  const nearZero = low >= 0 && low < 0.35 * high;
  return [zero || nearZero ? Math.min(0, low) : low - room, high + room];
}

// Times: numbers on a regular grid, shown as the wall clock of the data

const CLOCK_STEPS = [1000, 5000, 15000, 30000, 60000, 300000, 900000, 1800000, 3600000,
  3 * 3600000, 6 * 3600000, 12 * 3600000, DAY, 2 * DAY, 7 * DAY, 14 * DAY];
const MONTH_STEPS = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000];

function two(value) { return String(value).padStart(2, "0"); }

function clock(date, seconds) {
  const text = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  return seconds ? `${text}:${two(date.getUTCSeconds())}` : text;
}

// The time of a row in full, as fine as its frequency is.
function timeText(time, pace) {
  if (pace === "integer") return String(time);
  const date = new Date(time);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  if (pace === "year" && date.getUTCMonth() === 0) return String(date.getUTCFullYear());
  if (pace === "year" || pace === "month") return day.slice(day.indexOf(" ") + 1);
  const weekday = `${WEEKDAYS[date.getUTCDay()]}, ${day}`;
  return pace === "day" ? weekday : `${weekday}, ${clock(date, pace === "second")}`;
}

// Ticks of a time axis: `at` is the time, `text` its name, `under` the larger part when it changes.
function timeTicks(low, high, count, pace) {
  if (pace === "integer") {
    return roundSteps(low, high, count).filter(Number.isInteger).map((at) => ({ at, text: String(at) }));
  }
  const span = (high - low) / Math.max(1, count);
  const floor = { day: DAY, month: 28 * DAY, year: 365 * DAY }[pace] || 0;
  const clockStep = CLOCK_STEPS.find((step) => step >= span && step >= floor);
  const times = clockStep && span <= 14 * DAY ? clockTicks(low, high, clockStep)
    : monthTicks(low, high, MONTH_STEPS.find((step) => step * 30.4 * DAY >= span && (pace !== "year" || step >= 12)) || 6000);
  let before = null;
  return times.map(({ at, text, under }) => {
    const tick = { at, text, under: under === before ? "" : under };
    before = under;
    return tick;
  });
}

function clockTicks(low, high, step) {
  const shift = step % (7 * DAY) === 0 ? 4 * DAY : 0; // weeks begin on a Monday
  const found = [];
  for (let at = Math.ceil((low - shift) / step) * step + shift; at <= high; at += step) {
    const date = new Date(at);
    const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
    found.push(step >= DAY ? { at, text: day, under: String(date.getUTCFullYear()) }
      : { at, text: clock(date, step < 60000), under: day });
  }
  return found;
}

function monthTicks(low, high, step) {
  const start = new Date(low);
  const found = [];
  let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step;
  for (; ; month += step) {
    const date = new Date(0);
    date.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    const at = date.getTime();
    if (!(at <= high)) return found;
    const year = String(date.getUTCFullYear());
    if (at >= low) found.push(step >= 12 ? { at, text: year, under: "" } : { at, text: MONTHS[date.getUTCMonth()], under: year });
  }
}

// A chart

class Chart {
  // `x` and `y` are domains; `xTicks` and `yTicks` are lists of { at, text, under }.
  constructor(holder, { height = 280, x, y, xTicks, yTicks, label, right = 16, xTitle = "", yTitle = "" }) {
    const paper = holder.closest(".cards") ? printWidth / 2 : printWidth; // two cards a row
    const width = Math.max(240, paper || holder.clientWidth);
    if (paper) height = Math.round(height * 0.8); // so that two large ones fit on a page
    const widest = Math.max(...yTicks.map((tick) => tick.text.length), 1);
    const under = xTicks.some((tick) => tick.under);
    this.width = width;
    this.box = { left: 12 + 7 * widest, right: width - right, top: yTitle ? 28 : 12,
      bottom: height - 28 - (under ? 16 : 0) - (xTitle ? 20 : 0) };
    this.holder = holder;
    this.domain = { x, y };
    this.svg = element("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img",
      "aria-label": label, tabindex: "0" });
    this.#axes(xTicks, yTicks);
    if (yTitle) this.text(4, 14, yTitle, { class: "title" });
    if (xTitle) this.text((this.box.left + this.box.right) / 2, height - 6, xTitle, { class: "title", "text-anchor": "middle" });
    holder.replaceChildren(this.svg);
  }

  x(value) { return this.#scale(value, this.domain.x, this.box.left, this.box.right); }

  y(value) { return this.#scale(value, this.domain.y, this.box.bottom, this.box.top); }

  #scale(value, [low, high], from, to) {
    // Halves, as the difference of two large values may overflow.
    return from + ((value / 2 - low / 2) / (high / 2 - low / 2 || 1)) * (to - from);
  }

  #axes(xTicks, yTicks) {
    const { left, right, bottom } = this.box;
    for (const { at, text } of yTicks) {
      const y = this.y(at).toFixed(1);
      this.add("line", { x1: left, x2: right, y1: y, y2: y, class: "grid" });
      this.text(left - 6, +y + 4, text, { "text-anchor": "end" });
    }
    for (const { at, text, under } of xTicks) {
      const x = this.x(at);
      this.add("line", { x1: x, x2: x, y1: bottom, y2: bottom + 4, class: "tick" });
      const anchor = x > right - 14 ? "end" : "middle";
      this.text(anchor === "end" ? right + 8 : x, bottom + 18, text, { "text-anchor": anchor });
      if (under) this.text(anchor === "end" ? right + 8 : x, bottom + 34, under, { "text-anchor": anchor, class: "under" });
    }
    this.add("line", { x1: left, x2: right, y1: bottom, y2: bottom, class: "axis" });
  }

  add(tag, attributes, text = null) {
    const made = element(tag, attributes, text);
    this.svg.append(made);
    return made;
  }

  text(x, y, words, attributes = {}) { return this.add("text", { x, y, ...attributes }, words); }

  // A line through [x, y] pairs, broken where y is missing; a lone point is a dot.
  line(points, name) {
    const parts = [[]];
    for (const [x, y] of points) {
      if (Number.isFinite(y)) parts.at(-1).push(`${this.x(x).toFixed(1)} ${this.y(y).toFixed(1)}`);
      else if (parts.at(-1).length) parts.push([]);
    }
    for (const part of parts.filter((one) => one.length === 1)) {
      const [cx, cy] = part[0].split(" ");
      this.add("circle", { cx, cy, r: 1.5, class: `dot ${name}` });
    }
    const path = parts.filter((part) => part.length > 1).map((part) => `M${part.join("L")}`).join("");
    if (path) this.add("path", { d: path, class: `line ${name}` });
  }

  // The area between two lines over the same x, given as [x, low, high].
  band(points, name) {
    const known = points.filter(([, low, high]) => Number.isFinite(low) && Number.isFinite(high));
    if (!known.length) return;
    const at = (x, y) => `${this.x(x).toFixed(1)} ${this.y(y).toFixed(1)}`;
    const there = known.map(([x, , high]) => at(x, high));
    const back = known.map(([x, low]) => at(x, low)).reverse();
    this.add("path", { d: `M${there.concat(back).join("L")}Z`, class: `band ${name}` });
  }

  // Values on hover, touch and arrow keys. `rows` are { x, title, lines: [[name, value]], marks: [y] }.
  explain(rows) {
    if (!rows.length) return;
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.hidden = true;
    this.holder.append(tip);
    const rule = this.add("line", { y1: this.box.top, y2: this.box.bottom, class: "rule", visibility: "hidden" });
    const marks = element("g", { class: "marks" });
    this.svg.append(marks);
    const places = rows.map((row) => this.x(row.x));
    let shown = -1;
    const hide = () => { shown = -1; tip.hidden = true; rule.setAttribute("visibility", "hidden"); marks.replaceChildren(); };
    const show = (index, aloud) => {
      shown = Math.min(rows.length - 1, Math.max(0, index));
      const row = rows[shown];
      const x = places[shown];
      rule.setAttribute("x1", x);
      rule.setAttribute("x2", x);
      rule.setAttribute("visibility", "visible");
      marks.replaceChildren(...(row.marks || []).filter(Number.isFinite).map((y) => element("circle", { cx: x, cy: this.y(y), r: 3.5 })));
      fillTip(tip, row);
      tip.hidden = false;
      const room = this.svg.clientWidth / this.width;
      const left = x * room + 12 + tip.offsetWidth > this.holder.clientWidth ? x * room - 12 - tip.offsetWidth : x * room + 12;
      tip.style.left = `${Math.max(0, left)}px`;
      tip.style.top = `${this.box.top}px`;
      if (aloud) say([row.title, ...row.lines.map(([name, value]) => `${name} ${value}`)].join(", "));
    };
    const nearest = (event) => {
      const frame = this.svg.getBoundingClientRect();
      const at = ((event.clientX - frame.left) / frame.width) * this.width;
      let best = 0;
      places.forEach((place, index) => { if (Math.abs(place - at) < Math.abs(places[best] - at)) best = index; });
      show(best, false);
    };
    const moves = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    this.svg.addEventListener("pointermove", nearest);
    this.svg.addEventListener("pointerdown", nearest);
    this.svg.addEventListener("pointerleave", hide);
    this.svg.addEventListener("blur", hide);
    this.svg.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
      if (!(event.key in moves)) return;
      event.preventDefault();
      const from = shown >= 0 ? shown : moves[event.key] > 0 ? -1 : rows.length;
      show(from + moves[event.key], true);
    });
  }
}

function fillTip(tip, row) {
  const title = document.createElement("b");
  title.textContent = row.title;
  const list = document.createElement("dl");
  for (const [name, value] of row.lines) {
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    list.append(term, text);
  }
  tip.replaceChildren(title, list);
}

function axisTicks(low, high, count) {
  const found = roundSteps(low, high, count);
  const text = axisText(found);
  return found.map((at) => ({ at, text: text(at) }));
}

function say(words) { document.getElementById("said").textContent = words; }

let printWidth = 0;
