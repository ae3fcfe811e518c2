// Which Processes show, and where: from a graph as inspection/graph.py writes it to boxes and paths.
// Runs in the page and, for files without a page, in an engine inside Python: no DOM here.

const TEXT = { title: 7.6, small: 6.1, row: 15, pad: 12 };
const HEAD = { title: 24, line: 15, gap: 6 };

function visibleNodes(graph, collapsed) {
  const shownAs = new Map();
  const nodes = new Map();
  for (const process of graph.processes) {
    const above = process.parent === null ? null : shownAs.get(process.parent);
    const hidden = above && (nodes.get(above).closed || above !== process.parent);
    const shown = hidden ? above : process.name;
    shownAs.set(process.name, shown);
    if (hidden) nodes.get(shown).inside += 1;
    else {
      const hierarchy = process.kind === "hierarchy";
      nodes.set(process.name, {
        process, inside: 0, hierarchy,
        closed: hierarchy && collapsed.has(process.name),
        left: [], right: [],
      });
    }
  }
  return { nodes, shownAs };
}

function visibleLinks(graph, nodes, shownAs) {
  const links = new Map();
  graph.connections.forEach((connection, index) => {
    const source = shownAs.get(connection.source), target = shownAs.get(connection.target);
    if (source === target && nodes.get(source).closed) return;
    const from = portLabel(source, connection.source, connection.source_port);
    const to = portLabel(target, connection.target, connection.target_port);
    const key = [source, from, target, to].join("\n");
    if (!links.has(key)) links.set(key, { key, source, target, from, to, connections: [] });
    links.get(key).connections.push(index);
  });
  return [...links.values()];
}

// Of a closed Process, ports are named by the part inside that they belong to.
function portLabel(shown, owner, port) {
  return shown === owner ? port : `${owner.slice(shown.length + 1)}.${port}`;
}

function placePorts(nodes, links) {
  for (const node of nodes.values()) {
    if (node.closed) continue;
    for (const port of node.process.ports) {
      (port.direction === "in" || port.direction === "var" ? node.left : node.right).push(port.name);
    }
  }
  for (const link of links) {
    if (nodes.get(link.source).closed) addOnce(nodes.get(link.source).right, link.from);
    if (nodes.get(link.target).closed) addOnce(nodes.get(link.target).left, link.to);
  }
}

function addOnce(list, entry) {
  if (!list.includes(entry)) list.push(entry);
}

function headLines(node) {
  const process = node.process;
  const lines = [process.class];
  if (process.model !== null || !node.hierarchy) lines.push(process.model ?? "no model");
  if (node.closed) lines.push(`${node.inside} inside`);
  const cost = costLine(process.cost);
  if (cost) lines.push(cost);
  return lines;
}

function costLine(cost) {
  const parts = [];
  if (cost.neurons) parts.push(`${short(cost.neurons)} neurons`);
  if (cost.synapses) parts.push(`${short(cost.synapses)} synapses`);
  if (cost.core_shares.total) parts.push(coreShare(cost.core_shares.total));
  return parts.join(", ");
}

function short(number) {
  for (const [size, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (number >= size) return `${+(number / size).toPrecision(3)}\u202f${unit}`;
  }
  return `${+(+number).toPrecision(3)}`;
}

function coreShare(value) {
  return value >= 1 ? `${short(value)} cores` : `${+(100 * value).toPrecision(2)}\u202f% of a core`;
}

function measure(node) {
  const process = node.process, lines = headLines(node);
  const longest = (list) => Math.max(0, ...list.map((text) => text.length));
  const sides = longest(node.left) + longest(node.right);
  const title = shortName(process.name).length + (node.hierarchy ? 2 : 0) + (process.problems.length ? 3 : 0);
  node.lines = lines;
  node.width = 2 * TEXT.pad + Math.max(
    TEXT.title * title, TEXT.small * longest(lines), TEXT.small * (sides + 3), 70,
  );
  node.portsTop = HEAD.title + HEAD.line * lines.length + HEAD.gap;
  node.height = node.portsTop + TEXT.row * Math.max(node.left.length, node.right.length) + HEAD.gap;
}

function shortName(name) {
  return name.slice(name.lastIndexOf("/") + 1);
}

// Boxes of all visible Processes, and a path for each visible connection.
function layoutGraph(graph, collapsed) {
  const { nodes, shownAs } = visibleNodes(graph, collapsed);
  const links = visibleLinks(graph, nodes, shownAs);
  placePorts(nodes, links);
  const layout = new dagre.graphlib.Graph({ compound: true });
  layout.setGraph({ rankdir: "LR", nodesep: 26, ranksep: 64, edgesep: 12, marginx: 24, marginy: 24 });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const [name, node] of nodes) {
    node.open = node.hierarchy && !node.closed;
    if (node.open) layout.setNode(name, {});
    else {
      measure(node);
      layout.setNode(name, { width: node.width, height: node.height });
    }
    if (node.process.parent !== null) layout.setParent(name, node.process.parent);
  }
  markFeedback(links, [...nodes.keys()]);
  for (const link of links) {
    const [from, to] = link.back ? [link.target, link.source] : [link.source, link.target];
    if (from !== to) layout.setEdge(from, to);
  }
  dagre.layout(layout);
  for (const [name, node] of nodes) {
    const place = layout.node(name);
    Object.assign(node, { width: place.width, height: place.height });
    Object.assign(node, { x: place.x - place.width / 2, y: place.y - place.height / 2 });
  }
  routeLinks(links, nodes, layout);
  frameClusters(nodes, links);
  return { nodes: [...nodes.values()], links, box: boundingBox(nodes, links) };
}

// Where messages go in circles, those run backwards whose target was made before their source.
function markFeedback(links, names) {
  const order = new Map(names.map((name, index) => [name, index]));
  const flow = new dagre.graphlib.Graph();
  for (const link of links) flow.setEdge(link.source, link.target);
  const circleOf = new Map();
  dagre.graphlib.alg.tarjan(flow).forEach((members, index) => members.forEach((name) => circleOf.set(name, index)));
  for (const link of links) {
    const circular = circleOf.get(link.source) === circleOf.get(link.target);
    link.back = circular && order.get(link.target) <= order.get(link.source);
  }
}

function portAt(node, side, label) {
  const row = node[side].indexOf(label);
  return {
    x: side === "left" ? node.x : node.x + node.width,
    y: node.y + node.portsTop + TEXT.row * (row + 0.5),
  };
}

function routeLinks(links, nodes, layout) {
  const pairs = new Map(), lanes = [];
  for (const link of links) {
    const source = nodes.get(link.source), target = nodes.get(link.target);
    const start = portAt(source, "right", link.from), end = portAt(target, "left", link.to);
    const pair = `${link.source}\n${link.target}`;
    const offset = 4 * (pairs.get(pair) ?? 0);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    link.back ||= end.x < start.x + 10;
    link.points = link.back
      ? backPoints(start, end, laneBelow(source, target, start, end, nodes, lanes))
      : [start, ...waypoints(layout, link, offset), end];
    link.path = link.back ? backPath(link.points) : forwardPath(link.points);
  }
}

function waypoints(layout, link, offset) {
  const points = layout.edge(link.source, link.target).points.slice(1, -1);
  // With one point there is no bend between: it lies midway and would only make a kink.
  return points.length < 2 ? [] : points.map((point) => ({ x: point.x, y: point.y + offset }));
}

// Feedback runs below what it passes, each connection in a lane of its own.
function laneBelow(source, target, start, end, nodes, lanes) {
  const left = end.x - 30, right = start.x + 30;
  const passed = [...nodes.values()].filter((node) => !node.open && node.x < right && node.x + node.width > left);
  let y = Math.max(source.y + source.height, target.y + target.height) + 14, free = false;
  while (!free) {
    const node = passed.find((box) => box.y - 10 < y && y < box.y + box.height + 10);
    const lane = lanes.find((other) => Math.abs(other.y - y) < 6 && other.left < right && other.right > left);
    free = !node && !lane;
    if (node) y = node.y + node.height + 14;
    else if (lane) y = lane.y + 6;
  }
  lanes.push({ left, right, y });
  return y;
}

function backPoints(start, end, y) {
  return [start, { x: start.x, y }, { x: end.x, y }, end];
}

function backPath([start, low, under, end]) {
  const reach = 26;
  return `M${at(start)} C${xy(start.x + reach, start.y)} ${xy(start.x + reach, low.y)} ${at(low)} ` +
    `L${at(under)} C${xy(end.x - reach, under.y)} ${xy(end.x - reach, end.y)} ${at(end)}`;
}

function forwardPath(points) {
  let path = `M${at(points[0])}`;
  for (let i = 1; i < points.length; i++) {
    const from = points[i - 1], to = points[i], middle = (from.x + to.x) / 2;
    path += ` C${xy(middle, from.y)} ${xy(middle, to.y)} ${at(to)}`;
  }
  return path;
}

function at(point) {
  return xy(point.x, point.y);
}

function xy(x, y) {
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}

// Frames of open hierarchies reach around their parts, with room for a title.
function frameClusters(nodes, links) {
  const open = [...nodes.values()].filter((node) => node.open).reverse();
  for (const frame of open) {
    const name = frame.process.name, inside = `${name}/`;
    const parts = [...nodes.values()].filter((node) => node.process.parent === name);
    const lows = links
      .filter((link) => link.source.startsWith(inside) && link.target.startsWith(inside))
      .flatMap((link) => link.points.map((point) => point.y));
    const left = Math.min(...parts.map((part) => part.x)) - 18;
    const right = Math.max(...parts.map((part) => part.x + part.width)) + 18;
    const top = Math.min(...parts.map((part) => part.y)) - 46;
    const bottom = Math.max(...parts.map((part) => part.y + part.height), ...lows) + 16;
    Object.assign(frame, { x: left, y: top, width: right - left, height: bottom - top });
  }
}

function boundingBox(nodes, links) {
  const boxes = [...nodes.values()];
  const lows = links.flatMap((link) => link.points.map((point) => point.y));
  const left = Math.min(...boxes.map((box) => box.x)) - 30, top = Math.min(...boxes.map((box) => box.y)) - 16;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + 30;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height), ...lows) + 16;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
