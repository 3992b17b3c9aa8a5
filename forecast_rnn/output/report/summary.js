// Pictures of all series together, from the figures that accuracy.py and scoreboard.py gather.

function drawSkill() {
  const { steps, skill, network, baseline } = page.skill;
  const holder = find("skill-chart");
  const y = extent(skill, { zero: true });
  y[1] = Math.max(y[1] + (y[1] - y[0]) * 0.06, 0.02);
  if (y[0] < 0) y[0] -= (y[1] - y[0]) * 0.06;
  const x = [steps[0] - 0.6, steps.at(-1) + 0.6];
  const yTicks = roundSteps(y[0], y[1], 5).map((at) => ({ at, text: percent(at).replace(".0%", "%") }));
  const chart = new Chart(holder, { height: 260, x, y, yTicks, label: page.skill.words, xTitle: "step of the horizon",
    yTitle: "error saved", xTicks: roundSteps(1, steps.at(-1), 8).filter((at) => Number.isInteger(at) && at > 0).map((at) => ({ at, text: String(at) })) });
  const width = Math.max(1, (chart.x(2) - chart.x(1)) * 0.72);
  skill.forEach((one, k) => {
    if (!Number.isFinite(one)) return;
    const [top, bottom] = [chart.y(Math.max(one, 0)), chart.y(Math.min(one, 0))];
    chart.add("rect", { x: chart.x(steps[k]) - width / 2, y: top, width, height: Math.max(1, bottom - top), class: one < 0 ? "bar worse" : "bar" });
  });
  chart.add("line", { x1: chart.box.left, x2: chart.box.right, y1: chart.y(0), y2: chart.y(0), class: "axis" });
  chart.explain(steps.map((step, k) => ({ x: step, title: `step ${step}`, lines: [["saved", skill[k] === null ? "–" : percent(skill[k])],
    ["network", figure(network[k])], [page.baseline, figure(baseline[k])]] })));
}

function drawErrors() {
  const { edges, network, baseline, words, unit } = page.errors;
  const x = [edges[0], edges.at(-1)];
  const y = [0, Math.max(...network, ...baseline) * 1.08];
  const chart = new Chart(find("errors-chart"), { height: 260, x, y, label: words, xTitle: unit, yTitle: "share of forecasts",
    xTicks: axisTicks(x[0], x[1], 6), yTicks: roundSteps(0, y[1], 4).map((at) => ({ at, text: percent(at).replace(".0%", "%") })) });
  const width = chart.x(edges[1]) - chart.x(edges[0]);
  network.forEach((share, k) => chart.add("rect", { x: chart.x(edges[k]) + 0.5, y: chart.y(share), width: Math.max(0.5, width - 1), height: chart.box.bottom - chart.y(share), class: "bar" }));
  chart.line(baseline.flatMap((share, k) => [[edges[k], share], [edges[k + 1], share]]), "baseline solid");
  chart.add("line", { x1: chart.x(0), x2: chart.x(0), y1: chart.box.top, y2: chart.box.bottom, class: "now" });
  chart.explain(network.map((share, k) => ({ x: (edges[k] + edges[k + 1]) / 2, title: `${figure(edges[k], 3)} to ${figure(edges[k + 1], 3)}`,
    lines: [["network", percent(share)], [page.baseline, percent(baseline[k])]] })));
}

// What was promised against what came true: of quantiles, or of probabilities.
function drawPromises(name) {
  const { levels, shares, words, titles } = page[name];
  const holder = find(`${name}-chart`);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: percent(at).replace(".0%", "%") }));
  const chart = new Chart(holder, { height: 260, x: [0, 1], y: [0, 1], xTicks: ticks, yTicks: ticks, label: words,
    xTitle: titles[0], yTitle: titles[1], right: 20 });
  chart.line([[0, 0], [1, 1]], "baseline");
  chart.line(levels.map((level, k) => [level, shares[k]]), "accent strong");
  levels.forEach((level, k) => chart.add("circle", { cx: chart.x(level), cy: chart.y(shares[k]), r: 4, class: "point" }));
  chart.explain(levels.map((level, k) => ({ x: level, title: `${titles[0]} ${figure(level)}`,
    lines: [["nominal", percentOf(level)], ["actual", percent(shares[k])]], marks: [shares[k]] })));
}

function drawRace() {
  const { curves, words } = page.race;
  const all = curves.flatMap(({ points }) => points);
  const steps = [...new Set(all.map(([at]) => at))].sort((a, b) => a - b);
  const [first, end] = [Math.log2(steps[0]), Math.log2(steps.at(-1))];
  const x = first === end ? [first - 1, end + 1] : [first - 0.1, end + 0.1];
  const y = extent(all.map(([, score]) => score));
  const holder = find("race-chart");
  const roomy = holder.clientWidth > 620;
  const widest = Math.max(...curves.map(({ label }) => label.length));
  const chart = new Chart(holder, { height: 320, x, y, label: words, xTitle: "optimisation steps", yTitle: "loss on held-back rows",
    xTicks: steps.map((at) => ({ at: Math.log2(at), text: figure(at) })), yTicks: valueTicks(y), right: roomy ? 32 + 6.2 * widest : 20 });
  for (const { points, chosen } of [...curves].sort((a, b) => (a.chosen !== null) - (b.chosen !== null))) {
    chart.line(points.map(([at, score]) => [Math.log2(at), score]), chosen === null ? "other" : "accent strong");
    points.forEach(([at, score], k) => chart.add("circle", { cx: chart.x(Math.log2(at)), cy: chart.y(score), r: k === chosen ? 6 : 3.5, class: chosen === null ? "point other" : "point" }));
  }
  if (roomy) labelCurves(chart, curves);
  chart.explain(steps.map((step) => ({ x: Math.log2(step), title: `${figure(step)} steps`,
    lines: curves.flatMap(({ label, points }) => points.filter(([at]) => at === step).map(([, score]) => [label, figure(score)])) })));
}

function drawTraining() {
  const { steps, losses, words } = page.training;
  const y = extent(losses);
  const x = [0, steps.at(-1)];
  const chart = new Chart(find("training-chart"), { height: 240, x, y, label: words, xTitle: "optimisation steps", yTitle: "loss",
    xTicks: roundSteps(0, x[1], 8).map((at) => ({ at, text: figure(at) })), yTicks: valueTicks(y), right: 20 });
  chart.line(steps.map((at, k) => [at, losses[k]]), "accent strong");
  chart.explain(steps.map((at, k) => ({ x: at, title: `${figure(at)} steps`, lines: [["loss", figure(losses[k])]], marks: [losses[k]] })));
}

// Names at the ends of curves, moved apart where they would overlap.
function labelCurves(chart, curves) {
  const ends = curves.map(({ label, points, chosen }) => {
    const [at, score] = points.at(-1);
    return { label, chosen: chosen !== null, x: chart.x(Math.log2(at)) + 10, y: chart.y(score) + 4 };
  }).sort((a, b) => a.y - b.y);
  ends.forEach((end, k) => {
    const above = ends.slice(0, k).filter((other) => Math.abs(other.x - end.x) < 7 * end.label.length);
    end.y = Math.max(end.y, ...above.map((other) => other.y + 15));
  });
  for (const { label, chosen, x, y } of ends) chart.text(x, y, label, { class: chosen ? "label chosen" : "label" });
}
