// What waits on this phone to be sent. A change says how one thing is to be: a rating, a number read off the car, a photo. A
// later one of the same thing takes the place of an earlier one, unless that is on its way already: whether it arrived
// is not known then, so it is sent again as it was, and the later one behind it.
//
// A change: { seq, owner, inspection, kind, thing, body, version, ripe, raw, tried, refused }. `version` is what was known of
// the thing; "after" stands for whatever the one before it leads to. A photo is `raw` until it is made small.

import { asked, changesOf, read, write } from "./kept.js";
import { learned } from "./learned.js";

const MOST_AT_ONCE = 100;
const SMALL = ["item", "inspection", "vehicle"];
const isSame = (one, other) => one.inspection === other.inspection && one.thing === other.thing;

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

// The changes of one person on this phone; nobody else's are touched, or sent.
export class Queue {
  constructor(owner) {
    this.owner = owner;
    this.waiting = [];
    this.failure = undefined;
    this.busy = 0;
    this.listeners = [];
    // To the other tabs.
    this.others = "BroadcastChannel" in globalThis ? new BroadcastChannel("courtesy-queue") : undefined;
    this.others?.addEventListener("message", ({ data }) => data.owner === owner && this.reload(data.answered));
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  // Of this inspection alone; of all that wait where none is named.
  of(inspection) {
    return this.waiting.filter((change) => change.inspection === inspection);
  }

  last(inspection, thing) {
    return this.waiting.findLast((change) => change.inspection === inspection && change.thing === thing);
  }

  // Is painted at once, and on disk before this promise is kept.
  async add(change, picture) {
    const whole = { ...change, owner: this.owner, tried: false };
    this.mirror([whole]);
    await this.change(async (changes, pictures) => {
      const admitted = admit(await changesOf(changes, this.owner), whole);
      changes.put(admitted);
      if (picture) pictures.put(picture, change.body.id);
    });
  }

  async addAll(changes) {
    const whole = changes.map((change) => ({ ...change, owner: this.owner, tried: false }));
    this.mirror(whole);
    await this.change(async (store) => {
      const waiting = await changesOf(store, this.owner);
      for (const change of whole) store.put(admit(waiting, change));
    });
  }

  // Puts the picture that travels in the place of the one that was taken. Another tab may have done so already, and it may
  // have left since, or been taken back: then it stays as it is.
  async ready(inspection, thing, picture) {
    await this.change(async (changes, pictures) => {
      const waiting = await changesOf(changes, this.owner);
      const taken = waiting.find((change) => change.raw && isSame(change, { inspection, thing }));
      if (!taken) return;
      const { raw, ...change } = taken;
      changes.put(change);
      if (picture) pictures.put(picture, change.body.id);
    });
  }

  // Takes back what was not sent yet, or was refused.
  async drop(seqs, pictures = []) {
    this.waiting = this.waiting.filter((change) => !seqs.includes(change.seq));
    await this.change((changes, store) => {
      for (const seq of seqs) changes.delete(seq);
      for (const id of pictures) store.delete(id);
    });
  }

  // Takes back what is not on its way yet.
  async withdraw(inspection, thing) {
    const isMeant = (change) => change.inspection === inspection && change.thing === thing && !change.tried;
    this.waiting = this.waiting.filter((change) => !isMeant(change));
    await this.change(async (changes) => {
      for (const change of await changesOf(changes, this.owner)) if (isMeant(change)) changes.delete(change.seq);
    });
  }

  // What was refused is sent again, as it is or knowing what it was refused for.
  async retry(seqs) {
    await this.change(async (changes) => {
      for (const change of await changesOf(changes, this.owner)) {
        if (!seqs.includes(change.seq) || !change.refused) continue;
        const version = change.refused.theirs ? change.refused.theirs.version : change.version;
        changes.put({ ...change, version, tried: false, refused: undefined });
      }
    });
  }

  // Notes what is about to be sent: from then on it stays as it is until it is answered.
  take(lane) {
    return write(["changes"], async (changes) => {
      const picked = pick(await changesOf(changes, this.owner), lane, Date.now());
      for (const change of picked) if (!change.tried) changes.put({ ...change, tried: true });
      return picked;
    });
  }

  // What was answered waits no longer and is known, at once: whichever page opens the inspection next, or was just closed,
  // no later tap takes its own predecessor for somebody else's.
  async settle(answers) {
    await this.change(async (changes, pictures, known) => {
      const waiting = await changesOf(changes, this.owner);
      const kept = settled(waiting, answers);
      const left = new Set(kept.map((change) => change.seq));
      for (const change of waiting) {
        if (left.has(change.seq)) continue;
        changes.delete(change.seq);
        const isWanted = kept.some((other) => other.kind === "photo" && other.body.id === change.body.id);
        if (change.kind === "photo" && !isWanted) pictures.delete(change.body.id);
      }
      for (const change of kept) changes.put(change);
      for (const { change, renamed: id } of answers) {
        if (!id || !left.has(change.seq)) continue;
        pictures.put(await asked(pictures.get(change.body.id)), id);
        pictures.delete(change.body.id);
      }
      for (const inspection of new Set(answers.map(({ change }) => change.inspection))) {
        // Of one that this phone has not looked at since, only what was answered.
        const unseen = { owner: this.owner, inspection, made: "", sheet: { items: [], photos: [] } };
        const before = await asked(known.get([this.owner, inspection])) ?? unseen;
        const about = answers.filter(({ change }) => change.inspection === inspection);
        known.put({ ...before, sheet: learned(before.sheet, about) });
      }
    }, answers);
  }

  async reload(answered) {
    try {
      const waiting = await read(["changes"], (changes) => changesOf(changes, this.owner));
      if (this.busy === 0) this.waiting = waiting;
      this.failure = undefined;
    } catch (error) {
      this.failure = error;
    }
    this.tell(answered);
  }

  // What is painted until the disk has answered.
  mirror(changes) {
    for (const change of changes) {
      const last = this.last(change.inspection, change.thing);
      const admitted = admit(this.waiting, change);
      if (last && (last.refused || !last.tried)) this.waiting[this.waiting.indexOf(last)] = admitted;
      else this.waiting.push(admitted);
    }
  }

  async change(work, answered) {
    this.busy += 1;
    this.tell();
    try {
      await write(["changes", "pictures", "known"], work);
    } catch (error) {
      this.failure = error;
      this.tell();
      throw error;
    } finally {
      this.busy -= 1;
    }
    this.others?.postMessage({ owner: this.owner, answered });
    await this.reload(answered);
  }

  tell(answered) {
    for (const listener of this.listeners) listener(answered);
  }
}

// Whose changes wait on this phone beside this person's: how many of each.
export const othersOn = (owner) => read(["changes"], async (changes) => {
  const all = await asked(changes.getAll());
  return all.filter((change) => change.owner !== owner).length;
});
