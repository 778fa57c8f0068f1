function theme() {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("policytool-theme", document.documentElement.dataset.theme); } catch { /* a file may have no storage */ }
}

/** Everything that is made or opened on demand, for paper. */
function forPaper() {
  byId("findings-list") && document.querySelectorAll(".rule").forEach((rule) => { rule.fill(); });
  Lazy.all.forEach((lazy) => lazy.fillAll());
  document.querySelectorAll("#tables-list .row").forEach((row) => row.open(true, true));
  document.querySelectorAll("details").forEach((d) => { if (!d.open) { d.open = true; d.dataset.forPaper = ""; } });
  // The event of opening comes too late for paper.
  document.querySelectorAll(".rule .page").forEach((page) => {
    const name = page.closest(".rule").group.rule, source = [...document.querySelectorAll("template[data-page]")].find((t) => t.dataset.page === name);
    if (!page.firstChild && source) page.append(source.content.cloneNode(true));
  });
  setView({ ...whole });
}

function afterPaper() {
  document.querySelectorAll("details[data-for-paper]").forEach((d) => { d.open = false; delete d.dataset.forPaper; });
  document.querySelectorAll("#tables-list .row").forEach((row) => row.open(false));
}

function whereAmI() {
  const links = new Map([...document.querySelectorAll("nav a")].map((a) => [a.getAttribute("href").slice(1), a]));
  const seen = new Set();
  const observer = new IntersectionObserver((entries) => {
    entries.forEach((e) => (e.isIntersecting ? seen.add(e.target.id) : seen.delete(e.target.id)));
    const current = [...links.keys()].find((id) => seen.has(id));
    links.forEach((a, id) => (id === current ? a.setAttribute("aria-current", "true") : a.removeAttribute("aria-current")));
  }, { rootMargin: "-20% 0px -60% 0px" });
  document.querySelectorAll("main > section").forEach((section) => observer.observe(section));
}

function start() {
  try { const saved = localStorage.getItem("policytool-theme"); if (saved === "light" || saved === "dark") document.documentElement.dataset.theme = saved; } catch { /* as above */ }
  byId("theme").addEventListener("click", theme);
  byId("print").addEventListener("click", () => print());
  for (const [ids, show] of [[["tables-search", "tables-sort", "tables-show"], showTables], [["matrix-search", "matrix-kind"], showMatrix], [["policies-search"], showPolicies], [["findings-search"], showFindings]])
    ids.forEach((id) => byId(id) && byId(id).addEventListener("input", later(show)));
  document.querySelectorAll("[data-severity]").forEach((chip) => chip.addEventListener("click", () => {
    if (!hiddenSeverities.delete(chip.dataset.severity)) hiddenSeverities.add(chip.dataset.severity);
    chip.setAttribute("aria-pressed", String(!hiddenSeverities.has(chip.dataset.severity)));
    showFindings();
  }));
  document.querySelectorAll("[data-exposure]").forEach((button) => button.addEventListener("click", () => {
    byId("tables-show").value = button.dataset.exposure;
    showTables();
    byId("tables").scrollIntoView();
    byId("tables-show").focus({ preventScroll: true });
  }));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-finding]");
    if (link) { event.preventDefault(); openFinding(Number(link.dataset.finding)); }
  });
  byId("drawer").addEventListener("click", (event) => { if (event.target === byId("drawer")) byId("drawer").close(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || byId("drawer").open) return;
    event.preventDefault();
    byId("tables-search").scrollIntoView({ block: "center" });
    byId("tables-search").focus();
  });
  byId("matrix-grid").addEventListener("keydown", moveInMatrix);
  roleChips();
  showFindings(); showTables(); showMatrix(); showPolicies();
  wirePicture(); whereAmI();
  addEventListener("beforeprint", forPaper);
  addEventListener("afterprint", afterPaper);
  const asked = location.hash.match(/^#finding-(\d+)$/);
  if (asked && data.findings[Number(asked[1])]) openFinding(Number(asked[1]));
}

start();
