// Where things are: distances, and the shapes of the ground from their code (planner.maps.live.coding).

const places = (() => {
  const EARTH_M = 6371008.8;
  const STEPS_PER_DEGREE = 1e6;

  /** Metres in a straight line between two [lat, lon] in WGS-84. */
  function distance([lat1, lon1], [lat2, lon2]) {
    const rad = Math.PI / 180;
    const a = Math.sin((lat2 - lat1) * rad / 2) ** 2
      + Math.cos(lat1 * rad) * Math.cos(lat2 * rad) * Math.sin((lon2 - lon1) * rad / 2) ** 2;
    return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(a)));
  }

  /** The lines or rings of a code, each a list of [lat, lon]. */
  function lines(code) {
    const sizes = typeof code.sizes === "number" ? null : code.sizes;
    const found = [];
    let lon = 0, lat = 0, at = 0;
    while (at < code.steps.length) {
      const size = sizes ? sizes[found.length] : code.sizes;
      const line = [];
      for (let i = 0; i < size; i += 1, at += 2) {
        lon += code.steps[at];
        lat += code.steps[at + 1];
        line.push([lat / STEPS_PER_DEGREE, lon / STEPS_PER_DEGREE]);
      }
      found.push(line);
    }
    return found;
  }

  return {distance, lines};
})();
