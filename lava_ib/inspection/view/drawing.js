// From boxes and paths to SVG text, and what the colours mean. No DOM here either.

const PALETTE = 9;
const KINDS = ["source", "connection", "neurons", "memory", "readout", "other", "hierarchy"];

// Colour class of each Process, and the legend: by kind, model, cost or difference.
function colouring(graph, mode) {
  const leaves = graph.processes.filter((process) => process.kind !== "hierarchy");
  if (mode === "cost") return costColours(graph, leaves);
  const groupOf = {
    kind: (process) => process.kind,
    model: (process) => process.model ?? "no model",
    difference: (process) => process.difference ?? "same",
  }[mode];
  const order = mode === "kind" ? KINDS : [...new Set(leaves.map(groupOf))].sort();
  const present = order.filter((group) => leaves.some((process) => groupOf(process) === group));
  const classOf = (group) => `c${(mode === "kind" ? KINDS : present).indexOf(group) % PALETTE}`;
  return {
    classes: new Map(leaves.map((process) => [process.name, classOf(groupOf(process))])),
    legend: present.map((group) => ({ label: group, className: classOf(group) })),
  };
}

function costColours(graph, leaves) {
  const largest = Math.max(1, ...leaves.map((process) => process.cost.multiply_adds));
  const stepOf = (process) => {
    const part = process.cost.multiply_adds / largest;
    return part === 0 ? 0 : Math.max(1, Math.min(4, 4 + Math.floor(Math.log10(part) + 1e-9)));
  };
  const over = (divisor) => `over ${short(largest / divisor)}`;
  const bounds = ["none", "less", over(1000), over(100), `${over(10)} multiply-adds a step`];
  const used = [...new Set(leaves.map(stepOf))].sort();
  return {
    classes: new Map(leaves.map((process) => [process.name, `h${stepOf(process)}`])),
    legend: used.map((step) => ({ label: bounds[step], className: `h${step}` })),
  };
}

function escapeXml(text) {
  return String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}

function drawScene(graph, scene, colours) {
  const frames = scene.nodes.filter((node) => node.open).map(drawFrame);
  const links = scene.links.map((link) => drawLink(graph, link));
  const nodes = scene.nodes.filter((node) => !node.open).map((node) => drawNode(node, colours));
  return `${MARKER}<g class="frames">${frames.join("")}</g>` +
    `<g class="links">${links.join("")}</g><g class="nodes">${nodes.join("")}</g>`;
}

const MARKER = '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" ' +
  'markerHeight="7" orient="auto"><path class="arrow" d="M0,1 L8,4 L0,7 z"/></marker></defs>';

function drawFrame(node) {
  const { process, x, y, width, height } = node;
  return `<g class="frame" data-name="${escapeXml(process.name)}" tabindex="0" role="button" ` +
    `aria-expanded="true" aria-label="${escapeXml(process.name)}, expanded">` +
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10"/>` +
    `<text class="title toggle" x="${x + 12}" y="${y + 20}">\u25be ${escapeXml(shortName(process.name))}</text>` +
    `<text class="small" x="${x + 12}" y="${y + 35}">${escapeXml(cut(headLines(node).join(" \u00b7 "), width - 24))}</text>` +
    `${badge(node)}</g>`;
}

function cut(text, width) {
  const room = Math.floor(width / TEXT.small);
  return text.length <= room ? text : `${text.slice(0, room - 1)}\u2026`;
}

function drawNode(node, colours) {
  const { process, x, y, width, height } = node;
  const colour = node.hierarchy ? "c6" : colours.classes.get(process.name);
  const expanded = node.hierarchy ? ' aria-expanded="false"' : "";
  const lines = node.lines.map((line, i) =>
    `<text class="small" x="${x + TEXT.pad}" y="${y + HEAD.title + HEAD.line * (i + 0.7)}">${escapeXml(line)}</text>`);
  const title = `${node.hierarchy ? "\u25b8 " : ""}${shortName(process.name)}`;
  return `<g class="node ${colour}${node.hierarchy ? " closed" : ""}${process.difference ? " differs" : ""}" ` +
    `data-name="${escapeXml(process.name)}" tabindex="0" role="button"${expanded} ` +
    `aria-label="${escapeXml(`${process.name}, ${node.lines.join(", ")}`)}">` +
    `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="7"/>` +
    `<rect class="bar" x="${x}" y="${y + 7}" width="4" height="${height - 14}"/>` +
    `<text class="title${node.hierarchy ? " toggle" : ""}" x="${x + TEXT.pad}" y="${y + 19}">${escapeXml(title)}</text>` +
    `${lines.join("")}${drawPorts(node, "left")}${drawPorts(node, "right")}${badge(node)}</g>`;
}

function drawPorts(node, side) {
  const anchor = side === "left" ? "start" : "end", shift = side === "left" ? 7 : -7;
  return node[side].map((label) => {
    const place = portAt(node, side, label);
    const port = node.process.ports.find((entry) => entry.name === label);
    const lone = port && !port.connected ? " lone" : "";
    return `<circle class="port${lone}" cx="${place.x}" cy="${place.y}" r="3.5"/>` +
      `<text class="small port-name${lone}" text-anchor="${anchor}" x="${place.x + shift}" y="${place.y + 3.5}">${escapeXml(label)}</text>`;
  }).join("");
}

const MARKS = { error: "\u2715", warning: "!", note: "\u21ba" };

function badge(node) {
  const problems = node.process.problems;
  if (problems.length === 0) return "";
  const level = ["error", "warning", "note"].find((name) => problems.some((problem) => problem.level === name));
  const x = node.x + node.width - 14, y = node.y + 14;
  return `<g class="badge ${level}"><title>${escapeXml(problems.map((p) => p.message).join("\n"))}</title>` +
    `<circle cx="${x}" cy="${y}" r="8"/><text x="${x}" y="${y + 4}" text-anchor="middle">${MARKS[level]}</text></g>`;
}

function drawLink(graph, link) {
  const first = graph.connections[link.connections[0]];
  const refused = link.connections.some((index) => graph.connections[index].problems.length > 0);
  const words = `${link.source}.${link.from} \u2192 ${link.target}.${link.to}: (${first.shape.join(", ")}) ${first.dtype ?? ""}`;
  const width = 1 + Math.min(2, Math.log10(1 + first.messages) / 2);
  return `<path class="link ${first.kind}${refused ? " refused" : ""}${link.back ? " back" : ""}" data-key="${escapeXml(link.key)}" ` +
    `d="${link.path}" style="stroke-width:${width.toFixed(2)}" marker-end="url(#arrow)"><title>${escapeXml(words)}</title></path>`;
}

// A whole picture, for a file of its own.
function drawDocument(graph, style, mode, collapsed) {
  const scene = layoutGraph(graph, new Set(collapsed));
  const colours = colouring(graph, mode);
  const { x, y, width, height } = scene.box;
  const legend = colours.legend.map(({ label, className }, i) =>
    `<g class="${className}" transform="translate(${x + 30 + 110 * i}, ${y + height + 4})">` +
    `<rect class="swatch" width="12" height="12" rx="3"/><text class="small" x="17" y="10">${escapeXml(label)}</text></g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" class="process-graph" role="img" aria-label="Process graph of ${escapeXml(graph.title)}" ` +
    `viewBox="${x} ${y} ${width} ${height + 28}" width="${width}" height="${height + 28}"><style>${style}</style>` +
    `${drawScene(graph, scene, colours)}<g class="legend">${legend.join("")}</g></svg>`;
}
