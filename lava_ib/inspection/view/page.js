// The page around the drawing: collapse and expand, search, details, zoom, colours, live values.

const graph = JSON.parse(document.getElementById("graph").textContent);
const byName = new Map(graph.processes.map((process) => [process.name, process]));
const find = (id) => document.getElementById(id);
const SHOWN_AT_ONCE = 80;
const state = { collapsed: firstCollapsed(), mode: null, chosen: null, scene: null };
const layer = find("scene"), canvas = find("canvas");
const panzoom = Panzoom(layer, { canvas: true, maxScale: 8, minScale: 0.02, step: 0.15, animate: false, origin: "0 0" });

// Large graphs open with their outermost hierarchies closed.
function firstCollapsed() {
  const inner = graph.processes.filter((process) => process.kind === "hierarchy");
  if (graph.processes.length - inner.length <= SHOWN_AT_ONCE) return new Set();
  return new Set(inner.map((process) => process.name));
}

function paint() {
  const colours = colouring(graph, state.mode);
  layer.innerHTML = drawScene(graph, state.scene, colours);
  find("legend").innerHTML = colours.legend
    .map(({ label, className }) => `<span class="${className}">${escapeXml(label)}</span>`).join("");
  markChosen();
  search();
  showLive();
}

function fit() {
  const { width, height } = canvas.getBoundingClientRect(), box = state.scene.box;
  const scale = Math.min(1.6, Math.min(width / box.width, (height - 44) / box.height));
  panzoom.zoom(scale);
  panzoom.pan((width / scale - box.width) / 2 - box.x, ((height - 44) / scale - box.height) / 2 - box.y);
}

function place() {
  state.scene = layoutGraph(graph, state.collapsed);
  paint();
}

function redraw(change) {
  change();
  place();
  fit();
}

function toggle(name) {
  if (byName.get(name)?.kind !== "hierarchy") return;
  redraw(() => state.collapsed.delete(name) || state.collapsed.add(name));
  elementOf(name)?.focus({ preventScroll: true });
}

function elementOf(name) {
  return layer.querySelector(`[data-name="${CSS.escape(name)}"]`);
}

function choose(name) {
  state.chosen = name;
  markChosen();
  showDetails(name);
}

function markChosen() {
  layer.querySelectorAll(".chosen, .near").forEach((element) => element.classList.remove("chosen", "near"));
  layer.classList.toggle("choosing", state.chosen !== null);
  if (state.chosen === null) return;
  elementOf(state.chosen)?.classList.add("chosen");
  for (const element of layer.querySelectorAll(".link")) {
    const [source, , target] = element.dataset.key.split("\n");
    if ([source, target].some((name) => name === state.chosen || name.startsWith(`${state.chosen}/`))) {
      element.classList.add("near");
    }
  }
}

const matches = (process, words) => {
  const text = `${process.name} ${process.class} ${process.model ?? ""} ${process.kind}`.toLowerCase();
  return words.every((word) => text.includes(word));
};

function hits() {
  const words = find("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length ? graph.processes.filter((process) => matches(process, words)) : [];
}

function search() {
  const found = hits(), asked = find("search").value.trim() !== "";
  layer.classList.toggle("searching", asked);
  find("hits").textContent = asked ? `${found.length} found` : "";
  for (const element of layer.querySelectorAll(".hit")) element.classList.remove("hit");
  for (const process of found) {
    let name = process.name;
    while (name !== null && !elementOf(name)) name = byName.get(name).parent;
    elementOf(name)?.classList.add("hit");
  }
}

// Enter in the search goes from hit to hit, opening what a hit lies in.
function nextHit() {
  const found = hits();
  if (found.length === 0) return;
  const next = found[(found.findIndex((process) => process.name === state.chosen) + 1) % found.length];
  let opened = false;
  for (let name = next.parent; name !== null; name = byName.get(name).parent) opened = state.collapsed.delete(name) || opened;
  if (opened) place();
  choose(next.name);
  centre(next.name);
}

function centre(name) {
  const node = state.scene.nodes.find((entry) => entry.process.name === name);
  const { width, height } = canvas.getBoundingClientRect();
  const scale = Math.max(panzoom.getScale(), 0.9);
  panzoom.zoom(scale);
  panzoom.pan(width / scale / 2 - node.x - node.width / 2, height / scale / 2 - node.y - node.height / 2);
}

function moveFocus(direction) {
  const name = document.activeElement?.dataset?.name;
  if (!name) return false;
  const near = state.scene.links
    .filter((link) => (direction > 0 ? link.source : link.target) === name && !link.back)
    .map((link) => (direction > 0 ? link.target : link.source));
  if (near.length === 0) return false;
  elementOf(near[0])?.focus({ preventScroll: true });
  choose(near[0]);
  return true;
}

const SHORTCUTS = {
  e: () => redraw(() => state.collapsed.clear()),
  c: () => redraw(collapseAll),
  f: fit,
  d: switchTheme,
  "/": () => find("search").focus(),
  "+": () => panzoom.zoomIn(),
  "-": () => panzoom.zoomOut(),
  Escape: () => { state.chosen = null; markChosen(); showDetails(null); },
  ArrowRight: () => moveFocus(1),
  ArrowLeft: () => moveFocus(-1),
};

function collapseAll() {
  graph.processes.filter((process) => process.kind === "hierarchy").forEach((process) => state.collapsed.add(process.name));
}

function switchTheme() {
  const root = document.body.classList;
  const dark = root.contains("dark") || (!root.contains("light") && matchMedia("(prefers-color-scheme: dark)").matches);
  root.toggle("dark", !dark);
  root.toggle("light", dark);
}

function listen() {
  layer.addEventListener("click", (event) => {
    const owner = event.target.closest("[data-name]");
    if (!owner) return;
    if (event.target.classList.contains("toggle")) toggle(owner.dataset.name);
    else choose(owner.dataset.name);
  });
  layer.addEventListener("dblclick", (event) => toggle(event.target.closest("[data-name]")?.dataset.name));
  layer.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    const name = event.target.dataset.name;
    if (byName.get(name).kind === "hierarchy") toggle(name);
    choose(name);
  });
  canvas.addEventListener("wheel", (event) => panzoom.zoomWithWheel(event), { passive: false });
  find("search").addEventListener("input", search);
  find("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") nextHit();
    if (event.key === "Escape") { event.target.value = ""; search(); event.target.blur(); }
  });
  find("mode").addEventListener("change", (event) => { state.mode = event.target.value; paint(); });
  find("expand").addEventListener("click", SHORTCUTS.e);
  find("collapse").addEventListener("click", SHORTCUTS.c);
  find("fit").addEventListener("click", fit);
  find("theme").addEventListener("click", switchTheme);
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (SHORTCUTS[event.key]) { SHORTCUTS[event.key](); event.preventDefault(); }
  });
  addEventListener("resize", fit);
}

function offerModes() {
  const modes = ["kind", "model", "cost"];
  if (graph.processes.some((process) => process.difference)) modes.unshift("difference");
  find("mode").innerHTML = modes.map((mode) => `<option>${mode}</option>`).join("");
  state.mode = modes[0];
}

offerModes();
listen();
place();
setTimeout(fit);  // after panzoom, which sets its own first position in a timer
showDetails(null);
watchLive();
