(function (cells, rings, names, texts, titles, colours) {
  "use strict";
  const [ids, gridOf, totals, byPeriod, has, intervals] = cells;
  const [grids, unit, estimate] = names;
  const [cellTitle, gridTitle, totalTitle, natureTitle, intervalTitle, ...periodTitles] = titles;

  // Whole millionths of a degree, each corner told from the one before it.
  function corners(ring) {
    const found = [];
    let lon = 0, lat = 0;
    for (let i = 0; i < ring.length; i += 2) {
      lon += ring[i];
      lat += ring[i + 1];
      found.push([lat / 1e6, lon / 1e6]);
    }
    return found;
  }

  function told(i, covered) {
    const rows = [[cellTitle, ids[i]], [gridTitle, grids[gridOf[i]]], [totalTitle, `${totals[i]} ${unit}`]];
    periodTitles.forEach((title, j) => {
      const some = has[i] >> j & 1;
      rows.push([title, some ? `${covered[i] >> j & 1 ? "✓" : "✗"} ${byPeriod[j][i]}` : texts[0]]);
    });
    if (intervals[i] !== 0) { rows.push([natureTitle, estimate], [intervalTitle, intervals[i]]); }
    const table = document.createElement("table");
    rows.forEach(([title, text]) => {
      const row = table.insertRow();
      row.appendChild(document.createElement("th")).textContent = title;
      row.insertCell().textContent = text;
    });
    return table;
  }

  function look(i, covered) {
    const colour = colours[covered[i] === has[i] ? 0 : covered[i] ? 1 : 2];
    const sure = intervals[i] === 0;
    return {
      color: sure ? "#fff" : "#1f2933", weight: sure ? 0.4 : 1, dashArray: sure ? null : "2 3",
      fillColor: colour, fillOpacity: sure ? 0.62 : 0.34,
    };
  }

  // A layer of all cells, made when it is first shown.
  const Cells = L.FeatureGroup.extend({
    initialize: function (covered) {
      L.FeatureGroup.prototype.initialize.call(this);
      this.covered = covered;
    },
    onAdd: function (map) {
      if (this.getLayers().length === 0) {
        rings.forEach((ring, i) => {
          const cell = L.polygon(corners(ring), look(i, this.covered));
          cell.number = i;
          this.addLayer(cell);
        });
        this.bindTooltip(cell => told(cell.number, this.covered), {sticky: true, className: "planner-tip"});
      }
      L.FeatureGroup.prototype.onAdd.call(this, map);
    },
  });
  return covered => new Cells(covered);
})
