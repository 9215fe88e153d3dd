// What a thing is called and its key figures, beside the pointer. All text comes as text and is shown as text.

import {stateOf} from "./layer.js";

/** The lines of a tooltip: [title, text], empty texts left out. */
export function linesOf(layer, shape) {
  const {facts} = layer;
  if (!facts) { return []; }
  const lines = facts.titles.map((title, k) => [title, facts.rows[k][shape]]).filter(([, text]) => text);
  const covered = stateOf(layer, shape) >> 3;
  facts.periods.forEach((period, k) => {
    const amount = facts.amounts[k][shape], hasDemand = /\d/.test(amount);
    lines.push([period, hasDemand ? `${covered >> k & 1 ? "✓" : "✗"} ${amount}` : amount]);
  });
  return lines;
}

/** A box in `parent` that shows lines at a place, kept inside the parent. */
export class Tooltip {
  constructor(parent) {
    this.box = document.createElement("div");
    this.box.className = "live-map-tip";
    this.box.hidden = true;
    parent.append(this.box);
  }

  show(lines, x, y) {
    if (!lines.length) {
      this.hide();
      return;
    }
    const table = document.createElement("table");
    for (const [title, text] of lines) {
      const row = table.insertRow(), head = document.createElement("th");
      head.textContent = title;
      row.append(head);
      row.insertCell().textContent = text;
    }
    this.box.replaceChildren(table);
    this.box.hidden = false;
    const {clientWidth: width, clientHeight: height} = this.box.parentElement;
    const own = this.box.getBoundingClientRect();
    const left = x + 16 + own.width > width ? x - own.width - 12 : x + 16;
    const top = y + 14 + own.height > height ? y - own.height - 10 : y + 14;
    this.box.style.left = `${Math.max(4, Math.min(left, width - own.width - 4))}px`;
    this.box.style.top = `${Math.max(4, top)}px`;
  }

  hide() {
    this.box.hidden = true;
  }
}
