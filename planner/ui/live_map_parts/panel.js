// Layers and legend in one: each layer's switch, and beside it how the layer looks.

import {paintSign} from "./painting.js";

const WIDTH = 26, HEIGHT = 18;

/** The box with the switches. `onSwitch(name, isOn)` and `onFold(isOpen)` tell what a reader did. */
export class Panel {
  constructor(parent, {onSwitch, onFold}) {
    this.onSwitch = onSwitch;
    this.box = document.createElement("details");
    this.box.className = "live-map-panel";
    this.title = document.createElement("summary");
    this.body = document.createElement("div");
    this.box.append(this.title, this.body);
    this.box.addEventListener("toggle", () => onFold(this.box.open));
    parent.append(this.box);
  }

  /** Show the layers of a frame; the box is built anew only where its frame has changed. */
  show(frame, digest, layers, isOn, isOpen) {
    this.fold(isOpen);
    if (this.digest !== digest) {
      this.digest = digest;
      this.title.textContent = frame.words.panel;
      this.explained = new Set();
      this.body.replaceChildren(...groupsOf(layers).map(([heading, some]) => this.#group(heading, some)));
    }
    for (const input of this.body.querySelectorAll("input")) { input.checked = isOn(input.name); }
  }

  /** Be open or folded. */
  fold(isOpen) {
    if (this.box.open !== isOpen) { this.box.open = isOpen; }
  }

  #group(heading, layers) {
    const group = document.createElement("fieldset"), legend = document.createElement("legend");
    legend.textContent = heading;
    group.append(legend, ...layers.map(layer => this.#layer(layer)));
    return group;
  }

  #layer(layer) {
    const row = document.createElement("div");
    const isOne = layer.signs.length === 1;
    if (layer.label) {
      const label = document.createElement("label"), input = document.createElement("input");
      input.type = "checkbox";
      input.name = layer.name;
      input.addEventListener("change", () => this.onSwitch(layer.name, input.checked));
      label.append(input, ...(isOne ? [sign(layer, layer.signs[0][1])] : []), text(layer.label));
      row.append(label);
    }
    // What two layers have in common, such as the colours of today's cells and of the planned ones, is told once.
    const told = JSON.stringify(layer.signs), isTold = this.explained.has(told);
    this.explained.add(told);
    if (!layer.label || !isOne && !isTold) {
      const list = document.createElement("ul");
      for (const [words, state] of layer.signs) {
        const item = document.createElement("li");
        item.append(sign(layer, state), text(words));
        list.append(item);
      }
      row.append(list);
    }
    return row;
  }
}

/** Layers by heading, in the order in which the headings first come; a layer without one joins the last. */
function groupsOf(layers) {
  const groups = new Map();
  let last = "";
  for (const layer of [...layers].reverse()) {
    if (!layer.label && !layer.signs.length) { continue; }
    last = layer.heading || last;
    groups.set(last, [...(groups.get(last) ?? []), layer]);
  }
  return [...groups];
}

function sign(layer, state) {
  const canvas = document.createElement("canvas"), density = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = WIDTH * density;
  canvas.height = HEIGHT * density;
  canvas.setAttribute("aria-hidden", "true");
  const ctx = canvas.getContext("2d");
  ctx.scale(density, density);
  paintSign(ctx, layer.shapes.dimension, layer.styles[state], WIDTH, HEIGHT);
  return canvas;
}

function text(words) {
  const span = document.createElement("span");
  span.textContent = words;
  return span;
}
