// What is known of one Process, or of the whole graph when none is chosen.

function showDetails(name) {
  find("details").innerHTML = name === null ? wholeGraph() : oneProcess(byName.get(name));
}

function row(label, value) {
  return value === null || value === undefined || value === "" ? "" : `<tr><th>${escapeXml(label)}</th><td>${escapeXml(value)}</td></tr>`;
}

function section(title, content) {
  return content ? `<h3>${title}</h3>${content}` : "";
}

function size(bytes) {
  return `${short(bytes)}${bytes < 1e3 ? "\u202f" : ""}B`;
}

function wholeGraph() {
  const layers = Object.entries(graph.layers).map(([name, cost]) =>
    `<tr><th>${escapeXml(name)}</th><td class="number">${short(cost.neurons)}</td><td class="number">${short(cost.synapses)}</td>` +
    `<td class="number">${size(cost.state_bytes)}</td><td class="number">${short(cost.multiply_adds)}</td></tr>`);
  const troubled = graph.processes.filter((process) => process.problems.some((problem) => problem.level !== "note"));
  return `<h2>${escapeXml(graph.title)}</h2><table>${row("backend", graph.backend)}` +
    `${row("Processes", graph.processes.filter((process) => process.kind !== "hierarchy").length)}` +
    `${row("connections", graph.connections.length)}</table>` +
    section("Cost of a time step", costTable(graph.total)) +
    section("By layer", `<table><tr><th></th><th>neurons</th><th>synapses</th><th>state</th><th>multiply-adds</th></tr>${layers.join("")}</table>`) +
    section("Problems", troubled.map((process) => `<p><b>${escapeXml(process.name)}</b>${problemList(process)}</p>`).join("")) +
    section("Keys", "<p>Tab and arrows: from Process to Process. Enter: details, open or close. " +
      "/: search. e, c: expand, collapse all. f: fit. + and -: zoom. d: dark or light.</p>");
}

function oneProcess(process) {
  const vars = process.vars.map((entry) =>
    `<tr><th>${escapeXml(entry.name)}</th><td>(${entry.shape.join(", ")}) ${escapeXml(typeOf(entry))}${entry.alias ? ` \u2192 ${escapeXml(entry.alias)}` : ""}` +
    `${entry.values && entry.bytes ? `<br><span class="note">${threeDigits(entry.values[0])} to ${threeDigits(entry.values[1])}</span>` : ""}</td></tr>`);
  const ports = process.ports.map((port) =>
    `<tr><th>${escapeXml(port.name)}</th><td>${port.direction}</td><td>(${port.shape.join(", ")}) ${escapeXml(typeOf(port))}` +
    `${port.connected ? "" : ' <span class="note">not connected</span>'}</td></tr>`);
  const links = graph.connections.filter((link) => link.source === process.name || link.target === process.name).map((link) =>
    `<p><code>${escapeXml(`${link.source}.${link.source_port} \u2192 ${link.target}.${link.target_port}`)}</code> ` +
    `${short(link.messages)} messages, ${size(link.bytes)}${link.via.length ? `<br><span class="note">by ${escapeXml(link.via.join(", "))}</span>` : ""}</p>`);
  const rules = Object.entries(process.learning_rules).map(([key, rule]) => `<p><code>${escapeXml(`${key} = ${rule}`)}</code></p>`);
  return `<h2>${escapeXml(process.name)}</h2>${problemList(process)}<table>` +
    row("class", `${process.module}.${process.class}`) + row("model", process.model ?? "none") + row("tags", process.tags.join(", ")) +
    row("protocol", process.protocol) + row("sync domain", process.sync_domain) + row("kind", process.kind) +
    row("compared", process.difference) + "</table>" +
    section("Cost of a time step", costTable(process.cost)) + section("Learning rules", rules.join("")) +
    section("Ports", ports.length ? `<table>${ports.join("")}</table>` : "") +
    section("Vars", vars.length ? `<table>${vars.join("")}</table>` : "") + section("Connections", links.join(""));
}

function typeOf(entry) {
  return entry.dtype === null ? "" : `${entry.dtype}, ${entry.bits} bit`;
}

function threeDigits(value) {
  return `${+(+value).toPrecision(3)}`;
}

function costTable(cost) {
  const shares = Object.entries(cost.core_shares).map(([kind, value]) => row(kind, coreShare(value)));
  return `<table>${row("neurons", short(cost.neurons))}${row("synapses", short(cost.synapses))}${row("state", size(cost.state_bytes))}` +
    `${row("messages", `${short(cost.messages)}, ${size(cost.bytes)}`)}${row("multiply-adds", short(cost.multiply_adds))}${shares.join("")}</table>`;
}

function problemList(process) {
  return process.problems.map((problem) => `<div class="${problem.level}">${escapeXml(`${problem.level}: ${problem.message}`)}</div>`).join("");
}
