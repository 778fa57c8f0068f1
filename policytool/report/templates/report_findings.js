const hiddenSeverities = new Set();

function excerptOf(finding) {
  if (!finding.excerpt.length) return null;
  return el("pre", { class: "excerpt" }, finding.excerpt.map(([line, text, mark], index) => [
    index ? "\n" : "", el("span", { class: "n" }, String(line)),
    mark ? [text.slice(0, mark[0]), el("mark", {}, text.slice(mark[0], mark[1])), text.slice(mark[1])] : text,
  ]));
}

function fixOf(finding) {
  if (!finding.fix) return null;
  const copy = el("button", { type: "button", class: "copy" }, "Copy");
  copy.addEventListener("click", () => {
    const done = () => { copy.textContent = "Copied"; setTimeout(() => { copy.textContent = "Copy"; }, 1500); };
    if (navigator.clipboard) navigator.clipboard.writeText(finding.fix.sql).then(done, () => {});
  });
  const risky = finding.fix.safety === "safe" ? "Fix" : "Fix, which may stop a client from what it does today";
  return [el("p", { class: "soft" }, finding.fix.note ? `${risky}: ${finding.fix.note}` : risky), el("div", { class: "fix" }, el("pre", {}, finding.fix.sql), copy)];
}

function findingBlock(entry) {
  const { finding, index } = entry;
  return el("article", { class: "finding", id: `finding-${index}`, tabindex: "-1" },
    el("h4", {}, finding.message),
    finding.at ? el("p", { class: "at" }, finding.at) : null,
    excerptOf(finding),
    finding.related.length ? el("ul", {}, finding.related.map(([text, at]) => el("li", {}, text, at ? el("span", { class: "at" }, ` ${at}`) : null))) : null,
    fixOf(finding));
}

function pageOf(rule) {
  const page = [...document.querySelectorAll("template[data-page]")].find((t) => t.dataset.page === rule);
  if (!page) return null;
  const holder = el("div", { class: "page" });
  const details = el("details", { class: "quiet" }, el("summary", {}, "Why it matters, and how to mend it"), holder);
  details.addEventListener("toggle", () => { if (!holder.firstChild) holder.append(page.content.cloneNode(true)); });
  return details;
}

function ruleBlock(group) {
  const body = el("div", { class: "body" }), list = el("div", {});
  const details = el("details", { class: "rule" }, el("summary", {}, el("span", { class: `badge s-${group.severity}` }, group.severity),
    el("span", { class: "title" }, data.rules[group.rule] || group.rule), el("code", {}, group.rule), el("span", { class: "count" }, number(group.items.length))), body);
  details.fill = () => {
    if (body.firstChild) return;
    body.append(...[pageOf(group.rule), list].filter(Boolean));
    details.list = new Lazy(list, findingBlock, 180);
    details.list.show(group.items);
  };
  details.addEventListener("toggle", () => details.open && details.fill());
  details.group = group;
  if (group.severity === "error") { details.fill(); details.open = true; }
  return details;
}

function showFindings() {
  if (!byId("findings-list")) return;
  const wanted = folded(byId("findings-search").value);
  const found = data.findings.map((finding, index) => ({ finding, index })).filter(({ finding: f }) => !hiddenSeverities.has(f.severity) && folded(`${f.rule} ${f.message} ${f.at || ""}`).includes(wanted));
  const groups = new Map();
  for (const entry of found) {
    const key = `${entry.finding.severity} ${entry.finding.rule}`;
    if (!groups.has(key)) groups.set(key, { rule: entry.finding.rule, severity: entry.finding.severity, items: [] });
    groups.get(key).items.push(entry);
  }
  Lazy.all = Lazy.all.filter((lazy) => lazy.parent.id || lazy.parent === matrixBody);
  byId("findings-list").replaceChildren(...[...groups.values()].map(ruleBlock));
  if (!found.length) byId("findings-list").append(el("p", { class: "empty" }, "Nothing fits."));
  byId("findings-count").value = found.length === data.findings.length ? count(found.length, "finding") : `${number(found.length)} of ${count(data.findings.length, "finding")}`;
}

function openFinding(index) {
  if (byId("drawer").open) byId("drawer").close();
  const finding = data.findings[index];
  if (hiddenSeverities.has(finding.severity) || byId("findings-search").value) {
    hiddenSeverities.clear();
    document.querySelectorAll("[data-severity]").forEach((chip) => chip.setAttribute("aria-pressed", "true"));
    byId("findings-search").value = "";
    showFindings();
  }
  const rule = [...document.querySelectorAll(".rule")].find((d) => d.group.items.some((item) => item.index === index));
  if (!rule) return;
  rule.open = true;
  rule.fill();
  const block = rule.list.row(rule.group.items.find((item) => item.index === index));
  block.scrollIntoView({ block: "center" });
  block.focus({ preventScroll: true });
}
