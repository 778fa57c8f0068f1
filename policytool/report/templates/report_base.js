"use strict";
// Every text goes into the page as text: nothing of the data is ever read as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

/** An element: el("p", {class: "soft"}, "text", child). */
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(4)) if (child !== null && child !== undefined && child !== false) node.append(child);
  return node;
}

/** A sentence in which `code` is code. */
function rich(text) {
  return text.split("`").map((part, index) => (index % 2 ? el("code", {}, part) : part));
}

const number = (value) => value.toLocaleString("en");
const count = (value, one, many) => `${number(value)} ${value === 1 ? one : many || one + "s"}`;
const folded = (text) => text.toLowerCase();

/** A long list whose rows are made when they come near, and all of them when somebody prints. */
class Lazy {
  static all = [];
  static size = 25;

  constructor(parent, make, height) {
    this.parent = parent;
    this.make = make;
    this.height = height;
    this.observer = new IntersectionObserver((entries) => entries.forEach((e) => e.isIntersecting && this.fill(e.target)), {
      rootMargin: "900px",
    });
    Lazy.all.push(this);
  }

  show(items) {
    this.observer.disconnect();
    this.items = items;
    const chunks = [];
    for (let start = 0; start < items.length; start += Lazy.size) {
      const chunk = el("div", { class: "chunk", role: this.role || null });
      chunk.start = start;
      const rows = Math.min(Lazy.size, items.length - start);
      chunk.style.containIntrinsicSize = `auto ${rows * this.height}px`;
      chunk.style.minHeight = `${rows * this.height}px`;
      chunks.push(chunk);
    }
    this.parent.replaceChildren(...chunks);
    if (!items.length) this.parent.append(el("p", { class: "empty" }, this.none ? "There is none." : "Nothing fits."));
    chunks.slice(0, 2).forEach((chunk) => this.fill(chunk));
    chunks.slice(2).forEach((chunk) => this.observer.observe(chunk));
    this.chunks = chunks;
    this.idle();
  }

  /** The rest in quiet moments, so that the browser's own search finds it. */
  idle() {
    const rest = this.chunks.filter((chunk) => !chunk.filled);
    const step = () => {
      const chunk = rest.find((c) => !c.filled && c.isConnected);
      if (!chunk) return;
      this.fill(chunk);
      (window.requestIdleCallback || setTimeout)(step);
    };
    if (rest.length) (window.requestIdleCallback || setTimeout)(step);
  }

  fill(chunk) {
    if (chunk.filled) return;
    chunk.filled = true;
    this.observer.unobserve(chunk);
    chunk.append(...this.items.slice(chunk.start, chunk.start + Lazy.size).map(this.make));
    chunk.style.minHeight = "";
  }

  /** Makes sure that an item has its row, and gives it. */
  row(item) {
    const index = this.items.indexOf(item);
    if (index < 0) return null;
    const chunk = this.chunks[Math.floor(index / Lazy.size)];
    this.fill(chunk);
    return chunk.children[index % Lazy.size];
  }

  fillAll() {
    this.chunks.forEach((chunk) => this.fill(chunk));
  }
}

function later(action) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, 90);
  };
}

/** The panel at the right, which the keyboard cannot leave but by closing it. */
function drawer(title, ...body) {
  byId("drawer-h").replaceChildren(...[title].flat());
  byId("drawer-body").replaceChildren(...body.flat(3).filter(Boolean));
  const panel = byId("drawer");
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
}

function pairs(...entries) {
  const list = entries.filter((entry) => entry && entry[1] !== null && entry[1] !== undefined);
  return el("dl", { class: "pairs" }, list.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

const codes = (names) => names.flatMap((name, index) => [index ? " " : "", el("code", {}, name)]);

function findingLink(numbers) {
  if (!numbers.length) return null;
  const worst = data.findings[numbers[0]].severity;
  return el("a", { class: `badge s-${worst}`, href: `#finding-${numbers[0]}`, "data-finding": numbers[0] }, count(numbers.length, "finding"));
}
