// The map: the ground as vectors, a marker for each station, and the place where the rider is.

const NAMES_FROM = 16; // below, the names of streets would cover each other
const PLANNED_FROM = 15.5; // below, planned stations are small dots
const PINS_MOST = 60; // where more are in sight, all but the chosen are small dots

/** The map in `holder`; `onStation` is told of a tapped marker, `onPick` of a place while one is asked for. */
function groundMap(holder, data, {onStation, onPick}) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(holder, {
    attributionControl: false, zoomControl: false, minZoom: 12, maxZoom: 19, zoomSnap: 0.5,
    zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
  });
  map.createPane("ground").style.zIndex = 200;
  const renderer = L.canvas({pane: "ground", padding: 0.3});
  const layers = data.ground.map(look => {
    const lines = places.lines(look);
    const style = {renderer, pane: "ground", interactive: false, ...look.style};
    // Rings of an area fill by even and odd, so holes stay holes; the outline of the street is a ring without a fill.
    const isArea = Boolean(look.style.fill);
    return {from: look.from, layer: isArea ? L.polygon([lines], {...style, fillRule: "evenodd"}) : L.polyline(lines, style), lines};
  });
  const outline = L.latLngBounds(layers[layers.length - 1].lines.flat());
  map.fitBounds(outline, {animate: false});
  map.setMaxBounds(outline.pad(0.6));
  const fit = () => layers.forEach(({from, layer}) => {
    if (map.getZoom() >= from) { layer.addTo(map); } else { layer.remove(); }
  });
  fit();
  map.on("zoomend", fit);
  L.control.scale({imperial: false, position: "bottomleft"}).addTo(map);
  const names = streetNames(map, data.streetNames);
  const fitNames = () => {
    if (map.getZoom() >= NAMES_FROM) { names.addTo(map); } else { names.remove(); }
  };
  fitNames();
  map.on("zoomend", fitNames);
  const zoom = L.control.zoom({position: "topright"}).addTo(map);

  map.getPane("markerPane").setAttribute("aria-hidden", "true"); // the list has them all, for every reader
  const marked = new Map(data.stations.map(station => {
    const icon = L.divIcon({
      className: "pin", iconSize: [44, 44], html: made("span", {text: station.number}),
    });
    const marker = L.marker(station.at, {icon, keyboard: false, riseOnHover: true}).addTo(map);
    marker.on("click", () => onStation(station));
    return [station.number, {marker, told: ""}];
  }));

  /** Pins without numbers where they would only cover each other. */
  function fitPins() {
    const sight = map.getBounds();
    const inSight = data.stations.filter(({number, planned, at}) =>
      !planned && !marked.get(number).marker.getElement().hidden && sight.contains(at)).length;
    holder.classList.toggle("crowded", inSight > PINS_MOST);
    holder.classList.toggle("far", inSight > PINS_MOST || map.getZoom() < PLANNED_FROM);
  }
  map.on("moveend", fitPins);

  const here = L.marker(outline.getCenter(), {
    icon: L.divIcon({className: "here", iconSize: [22, 22], html: document.createElement("span")}),
    interactive: false, keyboard: false, zIndexOffset: 2000,
  });
  let picking = false;
  map.on("click", ({latlng}) => { if (picking) { onPick([latlng.lat, latlng.lng]); } });

  return {
    /** Brings the markers up to date: `of` gives the state, the name and whether it shows of each station. */
    update(of, chosen) {
      for (const station of data.stations) {
        const pin = marked.get(station.number), {kind, label, isShown} = of(station);
        const isChosen = station.number === chosen;
        const told = [kind, label, isShown, isChosen].join();
        if (told === pin.told) { continue; }
        pin.told = told;
        const element = pin.marker.getElement();
        element.dataset.state = kind;
        element.title = label;
        element.hidden = !isShown;
        element.classList.toggle("chosen", isChosen);
        pin.marker.setZIndexOffset(isChosen ? 3000 : station.planned ? -1000 : kind === "shut" ? 0 : 500);
      }
      fitPins();
    },
    name({zoomIn, zoomOut}) {
      const [more, less] = zoom.getContainer().querySelectorAll("a");
      for (const [button, text] of [[more, zoomIn], [less, zoomOut]]) {
        button.title = text;
        button.setAttribute("aria-label", text);
      }
    },
    /** Brings a place into sight, and moves nothing where it is seen already. */
    reveal(at) {
      if (!map.getBounds().pad(-0.1).contains(at)) { map.panTo(at, {animate: !calm}); }
    },
    show(at, closer = false) {
      map.setView(at, closer ? Math.max(map.getZoom(), 17) : map.getZoom(), {animate: !calm});
    },
    showHere(at) {
      if (!at) { here.remove(); return; }
      here.setLatLng(at).addTo(map);
    },
    showBoth(one, other) {
      map.fitBounds(L.latLngBounds([one, other]).pad(0.35), {maxZoom: 17, animate: !calm});
    },
    near: at => outline.pad(0.5).contains(at),
    middle() {
      const {lat, lng} = map.getCenter();
      return [lat, lng];
    },
    pick(on) {
      picking = on;
      holder.classList.toggle("picking", on);
    },
    resize: () => map.invalidateSize({animate: false}),
  };
}

/** The names of the streets, each turned along its street; they are text, and not in the way of a finger. */
function streetNames(map, names) {
  const pane = map.createPane("names");
  pane.style.zIndex = 250;
  pane.style.pointerEvents = "none";
  pane.setAttribute("aria-hidden", "true");
  return L.layerGroup(names.map(([name, at, angle]) => {
    const text = made("bdi", {text: name});
    text.style.transform = `translate(-50%, -50%) rotate(${-angle}deg)`;
    const icon = L.divIcon({className: "street-name", iconSize: [0, 0], html: text});
    return L.marker(at, {pane: "names", icon, interactive: false, keyboard: false});
  }));
}
