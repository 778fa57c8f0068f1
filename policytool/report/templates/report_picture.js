const drawing = byId("tables-drawing");
const whole = { x: 0, y: 0, width: Number(drawing.dataset.width), height: Number(drawing.dataset.height) };
let view = { ...whole };
const nodes = [...drawing.querySelectorAll(".node")];

function setView(next) {
  view = next;
  drawing.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
}

/** Zoom about a point of the picture: what is there stays there. */
function zoom(factor, x, y) {
  const width = Math.min(whole.width * 2, Math.max(260, view.width * factor)), scale = width / view.width;
  setView({ x: x - (x - view.x) * scale, y: y - (y - view.y) * scale, width, height: view.height * scale });
}

function point(event) {
  const matrix = drawing.getScreenCTM();
  return matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()) : { x: view.x, y: view.y };
}

function middle() {
  return [view.x + view.width / 2, view.y + view.height / 2];
}

/** Lights a table up with what it refers to and what refers to it. */
function pick(name) {
  const near = new Set([name]);
  drawing.querySelectorAll(".edges path").forEach((path) => {
    const lit = name !== null && (path.dataset.a === name || path.dataset.b === name);
    path.classList.toggle("lit", lit);
    if (lit) near.add(path.dataset.a).add(path.dataset.b);
  });
  nodes.forEach((node) => node.classList.toggle("lit", near.has(node.dataset.name)));
  drawing.classList.toggle("picked", name !== null);
}

function findInPicture() {
  const wanted = folded(byId("picture-search").value.trim());
  if (!wanted) { pick(null); fit(); byId("picture-found").value = ""; return; }
  const found = nodes.filter((n) => folded(n.dataset.name).includes(wanted));
  const best = found.find((n) => folded(n.dataset.name) === wanted || folded(n.dataset.name).endsWith(`.${wanted}`)) || found[0];
  byId("picture-found").value = found.length ? count(found.length, "table") : "no such table";
  if (!best) { pick(null); return; }
  const [, x, y] = best.getAttribute("transform").match(/\(([\d.]+) ([\d.]+)\)/).map(Number);
  const width = Math.min(whole.width, 1100), height = (width * whole.height) / whole.width;
  setView({ x: x + 98 - width / 2, y: y + 17 - height / 2, width, height });
  pick(best.dataset.name);
}

/** The whole picture, or where the screen is small its beginning at a size that can be read. */
function fit() {
  const wide = drawing.clientWidth || 900;
  if (wide > 600) drawing.style.aspectRatio = `${whole.width} / ${whole.height}`;
  const width = wide < 600 ? Math.min(whole.width, wide * 1.7) : whole.width;
  setView(width < whole.width ? { x: 0, y: 0, width, height: width * (drawing.clientHeight / wide) } : { ...whole });
}

function wirePicture() {
  fit();
  let from = null, moved = false;
  drawing.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && !drawing.matches(":focus-within")) return;
    event.preventDefault();
    const at = point(event);
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, at.x, at.y);
  }, { passive: false });
  drawing.addEventListener("pointerdown", (event) => { from = point(event); moved = false; });
  drawing.addEventListener("pointermove", (event) => {
    if (!from || !event.buttons) return;
    const at = point(event);
    if (Math.abs(at.x - from.x) + Math.abs(at.y - from.y) > 3) moved = true;
    setView({ ...view, x: view.x - (at.x - from.x), y: view.y - (at.y - from.y) });
  });
  addEventListener("pointerup", () => { from = null; });
  nodes.forEach((node, index) => {
    if (!index) node.setAttribute("tabindex", "0");
    node.addEventListener("pointerenter", () => !byId("picture-search").value && pick(node.dataset.name));
    node.addEventListener("pointerleave", () => !byId("picture-search").value && pick(null));
    node.addEventListener("click", () => { if (!moved) openTable(node.dataset.name); });
    node.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); openTable(node.dataset.name); }
      if (!step) return;
      event.preventDefault();
      const next = nodes[(index + step + nodes.length) % nodes.length];
      node.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  });
  byId("zoom-in").addEventListener("click", () => zoom(1 / 1.4, ...middle()));
  byId("zoom-out").addEventListener("click", () => zoom(1.4, ...middle()));
  byId("zoom-all").addEventListener("click", () => { byId("picture-search").value = ""; findInPicture(); setView({ ...whole }); });
  byId("picture-search").addEventListener("input", later(findInPicture));
}
