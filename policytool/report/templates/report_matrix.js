const LETTERS = { none: "·", own: "o", tenant: "t", conditional: "c", all: "A" };
const SAYS = { none: "nothing", own: "own rows", tenant: "rows of the tenant", conditional: "rows that fulfil a condition", all: "every row" };
const m = data.matrix;
const hiddenRoles = new Set();
let matrixItems = [];

function rolesShown() {
  return m.roles.map((role, index) => ({ ...role, index })).filter((role) => !hiddenRoles.has(role.name));
}

function commandsOf(kind) {
  return kind === "function" ? [5] : [0, 1, 2, 3, 4];
}

function explain(object, cell) {
  const [role, command, access, filter, reasons] = cell;
  const text = m.filters[filter], name = m.roles[role].name, verb = m.commands[command];
  const table = data.tables.find((t) => t.full === object.name && object.kind === "table");
  const deciding = (table ? policiesOf.get(table.full) || [] : []).filter((p) => reasons.some((r) => m.reasons[r][0].endsWith(`policy "${p.name}"`)));
  const grants = reasons.filter((r) => !/^(restrictive )?policy "/.test(m.reasons[r][0]));
  const reach = object.kind === "function" ? (m.access[access] === "all" ? "may call it" : "may not call it") : SAYS[m.access[access]];
  drawer(
    [el("code", {}, name), ` ${verb.toLowerCase()} `, el("code", {}, object.name)],
    el("p", {}, el("span", { class: `cell a-${m.access[access]}` }, LETTERS[m.access[access]]), ` ${reach}`),
    text === "true" || text === "false" ? null : [el("h3", {}, object.kind === "view" ? "What the view shows" : "Rows where"), el("pre", { class: "filter" }, text)],
    el("h3", {}, "Grants"),
    grants.length ? el("ul", { class: "because" }, grants.map((r) => el("li", {}, m.reasons[r][0], m.reasons[r][1] ? el("span", { class: "at" }, ` ${m.reasons[r][1]}`) : null))) : el("p", { class: "soft" }, `${name} has no such grant: policies are never asked.`),
    deciding.length ? [el("h3", {}, "Policies"), deciding.map(policyBlock)] : null,
    table ? el("p", {}, el("button", { type: "button", class: "chip", on: { click: () => openTable(table.full) } }, "All of this table")) : null,
  );
}

function matrixRow(object) {
  const commands = commandsOf(object.kind);
  const cells = new Map(object.cells.map((c) => [c[0] * 8 + c[1], c]));
  return el("div", { class: "m-row", role: "row" }, el("div", { class: "m-name", role: "rowheader", title: object.name }, object.name),
    rolesShown().map((role) => el("div", { class: role.client ? "m-group" : "m-group trusted", role: "none" }, commands.map((command) => {
      const cell = cells.get(role.index * 8 + command);
      if (!cell) return el("span", { class: "cell gap", role: "gridcell" });
      const access = m.access[cell[2]];
      const button = el("button", { type: "button", class: `cell a-${access}`, role: "gridcell", tabindex: "-1",
        "aria-label": `${role.name} ${m.commands[command].toLowerCase()} ${object.name}: ${SAYS[access]}`, title: `${role.name} ${m.commands[command].toLowerCase()}: ${SAYS[access]}` },
      object.kind === "function" ? (access === "all" ? "x" : "·") : LETTERS[access]);
      button.addEventListener("click", () => { setCurrent(button); explain(object, cell); });
      return button;
    }))));
}

const matrixBody = el("div", { role: "rowgroup" });
const matrixList = new Lazy(matrixBody, matrixRow, 35);
matrixList.role = "none";
matrixList.none = !m.objects.length;

function setCurrent(button) {
  byId("matrix-grid").querySelectorAll('.cell[tabindex="0"]').forEach((b) => b.setAttribute("tabindex", "-1"));
  button.setAttribute("tabindex", "0");
}

function header(kind) {
  return el("div", { role: "rowgroup", class: "m-head" }, el("div", { class: "m-row m-head", role: "row" }, el("div", { class: "m-name", role: "columnheader" }, kind === "function" ? "Function" : "Table or view"),
    rolesShown().map((role) => {
      const group = el("div", { class: "m-group", role: "columnheader", "aria-label": role.name }, el("div", { class: "m-role", title: role.name }, role.name), kind === "function" ? null : el("div", { class: "m-letters", "aria-hidden": "true" }, [..."SIUDT"].map((l) => el("span", {}, l))));
      group.style.width = kind === "function" ? "7.5rem" : `calc(${5 * 1.7}rem + 8px + 1.2rem)`;
      return group;
    })));
}

function showMatrix() {
  const wanted = folded(byId("matrix-search").value), kind = byId("matrix-kind").value;
  const all = m.objects.filter((o) => (o.kind === "function") === (kind === "function"));
  matrixItems = all.filter((o) => folded(o.name).includes(wanted));
  byId("matrix-grid").className = kind;
  byId("matrix-grid").setAttribute("aria-rowcount", String(matrixItems.length + 1));
  byId("matrix-grid").replaceChildren(header(kind), matrixBody);
  matrixList.show(matrixItems);
  const first = matrixBody.querySelector("button.cell");
  if (first) first.setAttribute("tabindex", "0");
  byId("matrix-legend").hidden = kind === "function";
  byId("matrix-count").value = matrixItems.length === all.length ? number(all.length) : `${number(matrixItems.length)} of ${number(all.length)}`;
}

/** Arrow keys, Home and End, Page up and down: from cell to cell. */
function moveInMatrix(event) {
  const current = event.target.closest("button.cell");
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], PageUp: [-10, 0], PageDown: [10, 0], Home: [0, -99], End: [0, 99] };
  if (!current || !steps[event.key]) return;
  event.preventDefault();
  const row = current.closest(".m-row"), chunk = row.parentElement, cells = [...row.querySelectorAll(".cell")];
  const [down, right] = steps[event.key];
  const line = chunk.start + [...chunk.children].indexOf(row), column = cells.indexOf(current);
  const target = matrixList.row(matrixItems[Math.min(matrixItems.length - 1, Math.max(0, line + down))]);
  const there = [...target.querySelectorAll(".cell")];
  let place = Math.min(there.length - 1, Math.max(0, column + right));
  while (there[place] && there[place].tagName !== "BUTTON" && place > 0 && place < there.length - 1) place += right > 0 ? 1 : -1;
  const next = there[place] && there[place].tagName === "BUTTON" ? there[place] : there.find((c) => c.tagName === "BUTTON");
  if (!next) return;
  setCurrent(next);
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function roleChips() {
  byId("matrix-roles").replaceChildren(...m.roles.map((role) => {
    const chip = el("button", { type: "button", class: "chip", "aria-pressed": "true" }, role.name);
    chip.addEventListener("click", () => {
      if (!hiddenRoles.delete(role.name)) hiddenRoles.add(role.name);
      chip.setAttribute("aria-pressed", String(!hiddenRoles.has(role.name)));
      showMatrix();
    });
    return chip;
  }));
}
