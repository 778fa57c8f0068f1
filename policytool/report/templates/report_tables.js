const RANK = ["writable", "public", "shared", "partly", "unknown", "scoped", "closed"];
const MEANS = {
  writable: "clients may write any row", public: "anyone reads every row", shared: "any signed-in user reads every row",
  partly: "anyone reaches some rows", scoped: "signed-in users reach some rows", closed: "no client reaches a row", unknown: "made by no migration here",
};
const policiesOf = Map.groupBy ? Map.groupBy(data.policies, (p) => p.table) : data.policies.reduce((m, p) => m.set(p.table, [...(m.get(p.table) || []), p]), new Map());
const objectOf = new Map(data.matrix.objects.map((o) => [o.name, o]));

function policyBlock(policy) {
  const kind = [policy.permissive ? null : "restrictive", policy.command === "ALL" ? "all commands" : policy.command.toLowerCase(), `to ${policy.roles.join(", ")}`];
  const sql = [policy.using === null ? null : `using (${policy.using})`, policy.with_check === null ? null : `with check (${policy.with_check})`];
  return el("div", { class: "policy" },
    el("div", {}, el("span", { class: "name" }, policy.name), el("span", { class: "meta" }, kind.filter(Boolean).join(" · ")), " ", findingLink(policy.findings)),
    policy.sentences.map((s) => el("p", {}, rich(s))),
    policy.notes.map((s) => el("p", { class: "soft" }, rich(s))),
    el("details", { class: "sql" }, el("summary", {}, "SQL", policy.at ? el("span", { class: "at" }, ` ${policy.at}`) : null), el("pre", {}, sql.filter(Boolean).join("\n"))));
}

function indexes(table) {
  if (!table.indexes.length) return null;
  return table.indexes.map((i) => el("div", {}, el("code", {}, i.column), i.present ? " is led by an index" : [" has no index: ", el("code", {}, i.sql)]));
}

/** What each role reaches, as text: with it a printed report says all that the matrix says. */
function reachOf(table) {
  const object = objectOf.get(table.full);
  if (!object) return null;
  const lines = object.cells.filter((c) => c[2] > 0).map(([role, command, access, filter]) => {
    const text = data.matrix.filters[filter];
    return el("div", {}, el("code", {}, data.matrix.roles[role].name), ` ${data.matrix.commands[command].toLowerCase()}: ${words(data.matrix.access[access])}`, text === "true" ? null : [" ", el("code", {}, text)]);
  });
  return lines.length ? lines : null;
}

const words = (access) => ({ all: "every row", conditional: "rows where", tenant: "rows of the tenant, where", own: "own rows, where", none: "nothing" })[access];

function tableDetails(table, withPolicies = true) {
  const policies = policiesOf.get(table.full) || [];
  const grants = Object.entries(table.grants);
  return [
    table.comment ? el("p", { class: "soft" }, table.comment) : null,
    pairs(
      ["How far open", MEANS[table.exposure]],
      ["Row level security", table.rls === "off" ? "off" : table.rls === "forced" ? "on, and forced for the owner" : "on"],
      ["Owner column", table.owner_columns.length ? codes(table.owner_columns) : null],
      ["Tenant column", table.tenant_columns.length ? codes(table.tenant_columns) : null],
      ["Indexes for policies", indexes(table)],
      ["Client grants", grants.length ? grants.map(([role, has]) => el("div", {}, el("code", {}, role), ` ${has.join(", ")}`)) : "none"],
      ["Who reaches what", reachOf(table)],
      ["Partition of", table.partition_of], ["Made at", table.at ? el("span", { class: "at" }, table.at) : null],
      ["Findings", findingLink(table.findings)],
    ),
    policies.length ? (withPolicies ? policies.map(policyBlock) : null) : el("p", { class: "soft" }, table.rls === "off" ? "It has no policy." : "It has no policy: no row gets through but for roles that policies do not bind."),
  ];
}

function facts(table) {
  const c = table.policies;
  const missing = table.indexes.filter((i) => !i.present).length;
  return [
    table.rls === "off" ? el("span", { class: "fact bad" }, "RLS off") : el("span", { class: "fact" }, table.rls === "forced" ? "RLS forced" : "RLS on"),
    el("span", { class: "fact", title: "policies for select, insert, update, delete" }, "policies ", el("b", {}, `${c.SELECT} ${c.INSERT} ${c.UPDATE} ${c.DELETE}`), table.restrictive ? ` +${table.restrictive} restrictive` : null),
    missing ? el("span", { class: "fact warn" }, count(missing, "index missing", "indexes missing")) : null,
    findingLinkText(table),
  ];
}

function findingLinkText(table) {
  return table.findings.length ? el("span", { class: `badge s-${table.worst}` }, count(table.findings.length, "finding")) : null;
}

function tableRow(table) {
  const inner = el("div", { class: "inner", hidden: true });
  const button = el("button", { type: "button", "aria-expanded": "false" },
    el("span", { class: "t-head" },
      el("span", { class: "t-name" }, el("i", { class: `dot e-${table.exposure}`, title: MEANS[table.exposure] }), table.full),
      el("span", { class: "t-says" }, rich(table.headline)),
      el("span", { class: "t-facts" }, facts(table))));
  const row = el("div", { class: "row" }, button, inner);
  // On paper policies are in a section of their own, and not twice.
  row.open = (open, onPaper = false) => {
    if (open && inner.onPaper !== onPaper) inner.replaceChildren(...tableDetails(table, !onPaper).flat(2).filter(Boolean));
    if (open) inner.onPaper = onPaper;
    inner.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => row.open(inner.hidden));
  return row;
}

const tableList = new Lazy(byId("tables-list"), tableRow, 76);
const policyCount = (t) => Object.values(t.policies).reduce((a, b) => a + b, 0);
const ORDERS = {
  open: (a, b) => RANK.indexOf(a.exposure) - RANK.indexOf(b.exposure) || (a.full < b.full ? -1 : 1),
  name: (a, b) => (a.full < b.full ? -1 : 1),
  findings: (a, b) => b.findings.length - a.findings.length || (a.full < b.full ? -1 : 1),
  policies: (a, b) => policyCount(b) - policyCount(a) || (a.full < b.full ? -1 : 1),
};

function tableFits(table, show) {
  if (!show) return true;
  if (show === "off") return table.rls === "off";
  if (show === "index") return table.indexes.some((i) => !i.present);
  return show === "found" ? table.findings.length > 0 : table.exposure === show;
}

function showTables() {
  const wanted = folded(byId("tables-search").value), show = byId("tables-show").value;
  const found = data.tables.filter((t) => tableFits(t, show) && folded(`${t.full} ${t.headline} ${t.owner_columns} ${t.tenant_columns}`).includes(wanted));
  found.sort(ORDERS[byId("tables-sort").value]);
  tableList.show(found);
  byId("tables-count").value = found.length === data.tables.length ? count(found.length, "table") : `${number(found.length)} of ${count(data.tables.length, "table")}`;
}

function openTable(name) {
  const table = data.tables.find((t) => t.full === name);
  if (table) drawer(el("code", {}, name), el("p", {}, rich(table.headline)), tableDetails(table));
}

const policyList = new Lazy(byId("policies-list"), (entry) => el("div", {}, entry.first ? el("h3", { class: "policy-table" }, entry.policy.table) : null, policyBlock(entry.policy)), 96);

policyList.none = !data.policies.length;
tableList.none = !data.tables.length;

function showPolicies() {
  const wanted = folded(byId("policies-search").value);
  const found = data.policies.filter((p) => folded([p.table, p.name, p.command, p.using || "", p.with_check || "", ...p.sentences].join(" ")).includes(wanted));
  policyList.show(found.map((policy, index) => ({ policy, first: !index || found[index - 1].table !== policy.table })));
  byId("policies-count").value = found.length === data.policies.length ? count(found.length, "policy", "policies") : `${number(found.length)} of ${count(data.policies.length, "policy", "policies")}`;
}
