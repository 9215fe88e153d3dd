// The buttons on the map, and the hint of the mode it is in.

/** A new element at the end of `parent`. */
export function element(tag, name, parent) {
  const made = document.createElement(tag);
  if (name) { made.className = name; }
  parent.append(made);
  return made;
}

/** A new button at the end of `parent`. */
export function button(name, sign, parent, act) {
  const made = element("button", name, parent);
  made.type = "button";
  made.textContent = sign;
  made.addEventListener("click", act);
  return made;
}

export class ToolBar {
  constructor(parent, area) {
    this.box = element("div", "live-map-bar", parent);
    this.hint = element("span", "", this.box);
    const acts = {finish: () => area.finish(), back: () => area.takeBack(), cancel: () => area.cancel()};
    this.buttons = Object.entries(acts).map(([key, act]) => [key, button("", "", this.box, act)]);
    this.count(0);
  }

  show(words, mode) {
    this.box.hidden = mode === "look";
    this.hint.textContent = words[`hint_${mode}`] ?? "";
    for (const [key, made] of this.buttons) {
      made.textContent = words[key];
      made.hidden = mode !== "area";
    }
  }

  /** How many corners an area in the making has. */
  count(corners) {
    for (const [key, made] of this.buttons) { made.disabled = corners < (key === "finish" ? 3 : 1); }
  }
}
