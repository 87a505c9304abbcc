// What waits on this phone to be sent. A change says how one thing is to be: a rating, a number read off the car, a photo. A
// later one of the same thing takes the place of an earlier one, unless that is on its way already: whether it arrived
// is not known then, so it is sent again as it was, and the later one behind it.
//
// A change: { seq, owner, inspection, kind, thing, body, version, ripe, raw, tried, refused }. `version` is what was known of
// the thing; "after" stands for whatever the one before it leads to. A photo is `raw` until it is made small. A rating that is
// taken back is an item whose body says `cleared`.

const MOST_AT_ONCE = 100;
const SMALL = ["item", "inspection", "vehicle"];
// For what it is; whatever else a photo was refused for, an earlier try may have arrived.
const REFUSED_AS_PICTURE = [413, 415, 422];
export const isSame = (one, other) => one.inspection === other.inspection && one.thing === other.thing;

// Where a change goes among those that wait: in the place of another, or behind all.
export function admit(waiting, change) {
  const last = waiting.filter((other) => isSame(other, change)).at(-1);
  if (!last) return change;
  // What was refused has been answered; whoever changes it now has seen why.
  if (last.refused) {
    const theirs = last.refused.theirs;
    return { ...change, seq: last.seq, tried: false, version: theirs ? theirs.version : last.version };
  }
  if (!last.tried) return { ...change, seq: last.seq, version: last.version };
  return { ...change, version: "after" };
}

// A photo, or that it is not wanted any more.
export const photoOf = (inspection, body, more = {}) => ({
  inspection, kind: "photo", thing: `photo/${body.id}`, body, ripe: 0, ...more,
});
export const unphotoOf = (inspection, id) => photoOf(inspection, { id }, { kind: "unphoto" });

// Whether nobody but this phone can have a photo that waits.
export const isHereAlone = (last) => last?.kind === "photo" && (!last.tried || REFUSED_AS_PICTURE.includes(last.refused?.status));

// What is to be sent next of one lane: small things together, photos one by one behind them, so that none waits for a
// picture. An inspection is completed once nothing else of it waits.
export function pick(waiting, lane, now) {
  const isRipe = (change) => !(change.ripe > now && change.ripe < now + 10_000);
  const isReady = (change, place) => !change.refused && !change.raw && isRipe(change) && change.version !== "after"
    && !waiting.slice(0, place).some((earlier) => isSame(earlier, change));
  const ready = waiting.filter((change, place) => isReady(change, place));
  if (lane === "photos") return ready.filter((change) => ["photo", "unphoto"].includes(change.kind)).slice(0, 1);
  const alone = (change) => waiting.every((other) => other === change || other.inspection !== change.inspection);
  const first = ready.find((change) => SMALL.includes(change.kind) || (change.kind === "complete" && alone(change)));
  if (!first || first.kind !== "item") return first ? [first] : [];
  const together = ready.filter((change) => change.kind === "item" && change.inspection === first.inspection);
  return together.slice(0, MOST_AT_ONCE);
}

// What waits after an answer about those that were sent: { change, version?, refused?, again?, renamed? } each.
export function settled(waiting, answers) {
  const kept = [];
  for (const change of waiting) {
    const answer = answers.find((it) => it.change.seq === change.seq);
    const before = answers.find((it) => it.change.seq !== change.seq && isSame(it.change, change));
    if (answer?.renamed) kept.push(renamed(change, answer.renamed));
    else if (answer && !answer.again && !answer.refused) continue;
    else if (answer?.refused) kept.push({ ...change, refused: answer.refused });
    else if (!answer && before && change.version === "after") kept.push(...follow(kept, change, before));
    else kept.push(change);
  }
  return kept;
}

// A photo whose id has turned out to be something else's, under another one; that happens to it once at most.
const renamed = (change, id) => ({ ...change, thing: `photo/${id}`, body: { ...change.body, id }, tried: false, isRenamed: true });

// What becomes of a change behind one that was answered.
function follow(kept, change, { change: earlier, version, refused, again, renamed: id }) {
  if (again) return [change];
  if (id) {
    // What is behind a photo takes it away again; nobody else's is meant.
    kept.splice(kept.findIndex((other) => other.seq === earlier.seq), 1);
    return [];
  }
  if (!refused) return [{ ...change, version: version ?? 0 }];
  // A photo that was refused and is not wanted any more needs nobody's answer; if an earlier try has arrived, it goes.
  if (change.kind === "unphoto") {
    kept.splice(kept.findIndex((other) => other.seq === earlier.seq), 1);
    return [{ ...change, version: 0 }];
  }
  // Of two that can't be taken the later one is meant.
  const place = kept.findIndex((other) => other.seq === earlier.seq);
  kept[place] = { ...change, seq: earlier.seq, version: earlier.version, refused };
  return [];
}
