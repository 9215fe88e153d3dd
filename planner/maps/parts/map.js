(function (map, layerControl, stack, fit, fitted, lang) {
  "use strict";
  document.documentElement.lang = lang;
  const panel = document.querySelector(".planner-panel");
  const isWide = () => map.getSize().x > 640;
  panel.querySelector(".planner-layers").appendChild(layerControl.getContainer());
  L.control.scale({imperial: false}).addTo(map);

  // One canvas holds all shapes, so a layer that is switched on again must find its place among the others.
  function restack() {
    stack.forEach(layer => { if (map.hasLayer(layer)) { layer.bringToFront(); } });
  }
  map.on("overlayadd", restack);
  restack();

  let isFirst = true, isTouched = false;
  ["pointerdown", "wheel", "keydown"].forEach(event => {
    map.getContainer().addEventListener(event, () => { isTouched = true; }, {passive: true});
  });
  function showAll() {
    map.invalidateSize({animate: false});
    const size = map.getSize();
    if (isTouched) { return; }  // the reader has chosen what to see
    if (fitted === null || !size.equals(fitted)) { fitted = fit(); }
    if (fitted === null) { return; }  // not laid out yet: the observer below calls again
    if (isFirst) {
      isFirst = false;
      panel.open = panel.querySelector(".planner-fold").open = isWide();
    }
  }
  showAll();
  if (typeof ResizeObserver === "function") {
    let size = map.getSize();
    new ResizeObserver(() => {
      const now = map.getContainer();
      if (now.clientWidth !== size.x || now.clientHeight !== size.y) { showAll(); size = map.getSize(); }
    }).observe(map.getContainer());
  }

  // Inside a page the wheel scrolls the page until the map is clicked.
  if (window.self !== window.top) {
    map.scrollWheelZoom.disable();
    map.on("click", () => map.scrollWheelZoom.enable());
    map.on("mouseout", () => map.scrollWheelZoom.disable());
  }
})
