// One tab sends at a time, however many are open: the browser's own locks where it has them, which is in secure
// contexts, else a lease among what is kept.

import { asked, write } from "./kept.js";

const HOLDER = crypto.getRandomValues(new Uint32Array(2)).join("-");
const AGAIN = 500;
// A tab that is closed at work leaves its lease behind, so none is long. Should a tab be too slow to renew it, something is
// sent twice, which the server takes once.
const LEASE = 30_000;

// Does the work while no other tab does any under this name.
export async function inTurn(name, work) {
  if (navigator.locks) return navigator.locks.request(`courtesy-${name}`, work);
  while (!await lease(name)) await new Promise((resolve) => setTimeout(resolve, AGAIN));
  const renewal = setInterval(() => lease(name).catch(() => {}), LEASE / 3);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await release(name);
  }
}

const lease = (name) => write(["turns"], async (turns) => {
  const held = await asked(turns.get(name));
  const now = Date.now();
  // A lease that ends later than any could is of a clock that was set back.
  const isHeld = held && held.holder !== HOLDER && held.until > now && held.until < now + 2 * LEASE;
  if (!isHeld) turns.put({ holder: HOLDER, until: now + LEASE }, name);
  return !isHeld;
});

const release = (name) => write(["turns"], async (turns) => {
  const held = await asked(turns.get(name));
  if (held?.holder === HOLDER) turns.delete(name);
});
