(function (map, bounds) {
  "use strict";
  // The whole street beside the panel, and the size for which it was fitted; nothing while the page is not laid out.
  return function () {
    const size = map.getSize();
    if (size.x < 100 || size.y < 100) { return null; }
    const isWide = size.x > 640;
    map.fitBounds(bounds, {animate: false, paddingTopLeft: [8, 8], paddingBottomRight: isWide ? [310, 8] : [8, 70]});
    return size;
  };
})
