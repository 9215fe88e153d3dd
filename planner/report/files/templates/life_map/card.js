// The card of one station in the list. Every text is set as text; none is ever read as markup.

/** An element with a class, a text, and children. */
function made(tag, {name = "", text = null, kin = [], ...rest} = {}) {
  const element = document.createElement(tag);
  if (name) { element.className = name; }
  if (text !== null) { element.textContent = text; }
  for (const [key, value] of Object.entries(rest)) { element.setAttribute(key, value); }
  element.append(...kin);
  return element;
}

/** A button that copies `text` and says that it did. */
function copyButton(label, text, words) {
  const button = made("button", {type: "button", name: "plain copy", text: label});
  button.addEventListener("click", async () => {
    button.textContent = words.say(await copied(text) ? "copied" : "copy_failed");
    button.setAttribute("aria-live", "polite");
    setTimeout(() => { button.textContent = label; }, 2500);
  });
  return button;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = made("textarea", {name: "unseen", readonly: ""}); // pages from a file often have no clipboard
    field.value = text;
    const before = document.activeElement;
    document.body.append(field);
    field.select();
    let done = false;
    try { done = document.execCommand("copy"); } catch { /* told below */ }
    field.remove();
    if (before) { before.focus(); }
    return done;
  }
}

/** The card of a station: `element`, and what brings its state, distance and fold up to date; details come when unfolded. */
function card(station, data, words, {onToggle, onShow}) {
  const id = `station-${station.number}`;
  const stateText = made("span", {name: "state"});
  const away = made("span", {name: "away"});
  const facilities = station.offers.map(key => words.both(data.facilities[key]));
  const services = station.services.map(key => words.both(data.services[key]));
  const title = made("bdi", {name: "name", text: station.name});
  const summary = made("span", {name: "summary", kin: [
    made("span", {name: "line", kin: [stateText, away]}),
    made("span", {name: "brief", text: (facilities.length ? facilities : services).join(" · ")}),
  ]});
  const head = made("button", {type: "button", "aria-expanded": "false", "aria-controls": id, kin: [
    made("span", {name: "number", text: station.number}),
    made("span", {name: "what", kin: [title, summary]}),
  ]});
  const more = made("div", {name: "more", id});
  const fill = () => more.append(
    made("p", {name: "services", text: services.join(" · ")}),
    facts(station, facilities, words),
    made("div", {name: "acts", kin: acts(station, words, onShow)}),
  );
  const element = made("li", {name: "card", "data-number": station.number, kin: [
    made("h3", {kin: [head]}), more,
  ]});
  head.addEventListener("click", () => onToggle(station));
  return {
    element,
    update({state, metres, isOpen, isPrinted}) {
      if ((isOpen || isPrinted) && !more.firstChild) { fill(); }
      element.dataset.state = state.kind;
      stateText.textContent = state.text;
      away.textContent = metres === null ? "" : words.straight(metres);
      element.classList.toggle("unfolded", isOpen);
      head.setAttribute("aria-expanded", String(isOpen));
    },
  };
}

function facts(station, facilities, words) {
  const list = made("dl");
  const add = (key, ...values) => {
    list.append(made("dt", {text: words.say(key)}), ...values.map(value => made("dd", {kin: [value]})));
  };
  const pills = made("ul", {name: "pills", kin: facilities.map(text => made("li", {text}))});
  add("offers", facilities.length ? pills : words.say("offers_none"));
  if (!station.stated && facilities.length) {
    list.append(made("dd", {name: "assumed", text: words.say(station.planned ? "assumed_planned" : "assumed")}));
  }
  add("hours", ...words.week(station).map(text => made("bdi", {text})));
  add("floor", words.floor(station.floor));
  if (station.access) { add("access", made("bdi", {text: station.access})); }
  if (station.address) { add("address", made("bdi", {text: station.address})); }
  if (station.planned) { return list; } // nobody is to be led there yet
  add("position", made("span", {name: "at", kin: [made("small", {text: words.say("amap")}), made("b", {text: station.amap})]}),
    made("span", {name: "at", kin: [made("small", {text: words.say("gps")}), made("b", {text: station.gps})]}));
  return list;
}

function acts(station, words, onShow) {
  const show = made("button", {type: "button", name: "plain show", text: words.say("show")});
  show.addEventListener("click", () => onShow(station));
  if (station.planned) { return [show]; }
  const buttons = [show, copyButton(words.say("copy_amap"), station.amap, words)];
  if (station.address) { buttons.push(copyButton(words.say("copy_address"), station.address, words)); }
  return [...buttons, copyButton(words.say("copy_gps"), station.gps, words)];
}
