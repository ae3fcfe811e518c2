// Values of a run that trains right now, asked for once a second; in other pages nothing happens.

let latest = null;

function watchLive() {
  if (find("live")) askLive();
}

async function askLive() {
  try {
    latest = await (await fetch("live.json")).json();
    find("live").textContent = latest.text;
    showLive();
  } catch {
    find("live").textContent = "the training run has ended, or cannot be reached";
    return;
  }
  setTimeout(askLive, 1000);
}

function showLive() {
  layer.querySelectorAll(".pulse").forEach((element) => element.remove());
  for (const [name, text] of Object.entries(latest?.processes ?? {})) {
    const node = state.scene.nodes.find((entry) => entry.process.name === name && !entry.open);
    if (!node) continue;
    const label = document.createElementNS("http://www.w3.org/2000/svg", "text");
    label.setAttribute("class", "pulse");
    label.setAttribute("x", node.x + 4);
    label.setAttribute("y", node.y - 6);
    label.textContent = text;
    elementOf(name).append(label);
  }
}
