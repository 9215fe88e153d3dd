// Where the program's message meets the page: the map of this place is made once and shown anew with every run.

import {LiveMap} from "./live_map.js";
import {unpack} from "./decode.js";
import {bodyOf, inTurn, keepBodies} from "./store.js";

const maps = new WeakMap();

/** What Streamlit calls with every run that changed something; the answer is called when the map has left the page. */
export function show({data, parentElement, setTriggerValue}) {
  const place = maps.get(parentElement) ?? {turn: 0, map: null};
  maps.set(parentElement, place);
  place.tell = setTriggerValue;
  place.turn += 1;
  const {turn} = place, {header, bodies} = unpack(data);
  inTurn(async () => {
    keepBodies(await Promise.all(bodies), new Set(digestsOf(header)));
    if (turn === place.turn && parentElement.isConnected) { showNow(place, parentElement, header); }
  });
  return () => {
    // Streamlit also calls this for a run that a newer one overtook; the map then stays.
    if (parentElement.isConnected) { return; }
    place.map?.remove();
    maps.delete(parentElement);
  };
}

function showNow(place, parentElement, header) {
  const missing = digestsOf(header).filter(digest => !bodyOf(digest));
  if (missing.length) {
    place.tell("missing", missing);
    return;
  }
  place.map ??= new LiveMap(parentElement, (name, value) => place.tell(name, value));
  place.map.show(header);
}

function digestsOf(header) {
  return [header.frame, ...header.layers.flat().filter(digest => digest !== null)];
}
