// A layer as it is drawn: its bodies by their digests, a shape's state and its style.

import {decodeShapes} from "./decode.js";
import {bodyOf} from "./store.js";

/** The bodies of a layer; shapes are decoded once. */
export function partsOf([shapes, facts, state]) {
  const kept = bodyOf(shapes);
  kept.shapes ??= decodeShapes(kept.content);
  return {
    shapes: kept.shapes,
    facts: facts === null ? null : bodyOf(facts).content,
    state: state === null ? null : bodyOf(state).content,
  };
}

/** The number that a layer's state has for a shape. */
export function stateOf(layer, shape) {
  return layer.state ? layer.state.charCodeAt(shape) - 48 : 0;
}

/** The style of a shape, or undefined where it is hidden at this zoom. */
export function styleOf(layer, shape, zoom) {
  const style = layer.styles[stateOf(layer, shape) & 7];
  if (!style || zoom < style.from_zoom) { return undefined; }
  return style.shape || style.fill || style.stroke ? style : undefined;
}
