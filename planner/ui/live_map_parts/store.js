// What outlives a page of the program: bodies by digest, and what a reader chose to see of each street.

const MOST_BODIES = 300;
const SAVED = "planner.live_map.views";

const store = globalThis[Symbol.for("planner.live_map.store")] ??= {
  bodies: new Map(), views: readViews(), queue: Promise.resolve(), number: 0,
};

/** The content of a body and what was derived from it, or undefined where this browser lacks it. */
export function bodyOf(digest) {
  return store.bodies.get(digest);
}

/** Keep bodies; those in use and the newest stay, the oldest others go. */
export function keepBodies(fresh, inUse) {
  for (const [digest, content] of fresh) { store.bodies.set(digest, {content}); }
  for (const digest of store.bodies.keys()) {
    if (store.bodies.size <= MOST_BODIES) { break; }
    if (!inUse.has(digest)) { store.bodies.delete(digest); }
  }
}

/** Do one thing after the other, so that bodies are kept before what refers to them is shown. */
export function inTurn(work) {
  const done = store.queue.then(work);
  store.queue = done.catch(error => { console.error(error); });
  return done;
}

/** What a reader sees of a street: centre, zoom, layers switched, whether the panel is open. */
export function viewOf(street) {
  if (!store.views.has(street)) { store.views.set(street, {switched: {}}); }
  return store.views.get(street);
}

/** Keep the views over a reload of the page too. */
export function saveViews() {
  try {
    sessionStorage.setItem(SAVED, JSON.stringify([...store.views].slice(-20)));
  } catch {
    // No storage is allowed here: the views last as long as the page.
  }
}

/** A number larger than every one before it, in this browser and before a reload. */
export function nextNumber() {
  store.number = Math.max(store.number + 1, Date.now());
  return store.number;
}

function readViews() {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(SAVED) ?? "[]"));
  } catch {
    return new Map();
  }
}
