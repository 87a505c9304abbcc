// The changes that wait on this phone, as the disk has them, for every tab that is open; `changes.js` says what becomes of them.

import { admit, isHereAlone, isSame, photoOf, pick, settled, unphotoOf } from "./changes.js";
import { asked, changesOf, read, write } from "./kept.js";
import { learned } from "./learned.js";

// A disk that takes nothing is left alone for a while.
const rest = () => new Promise((resolve) => setTimeout(resolve, 2_000));

// The changes of one person on this phone; nobody else's are touched, or sent.
export class Queue {
  constructor(owner) {
    this.owner = owner;
    this.waiting = [];
    // What the disk has not taken yet: { change, picture } each, in the order in which it was said.
    this.unkept = [];
    // How many changes of photos it has not taken yet.
    this.insisted = 0;
    this.failure = undefined;
    this.busy = 0;
    this.listeners = [];
    this.learners = [];
    // To the other tabs.
    this.others = "BroadcastChannel" in globalThis ? new BroadcastChannel("courtesy-queue") : undefined;
    this.others?.addEventListener("message", ({ data }) => data.owner === owner && this.hear(data.answered));
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  // Is told of answers before anything else is done about them: a tap that comes meanwhile follows the newest version.
  learn(learner) {
    this.learners.push(learner);
  }

  get isKeeping() {
    return this.busy > 0 || this.isBehind;
  }

  get isBehind() {
    return this.unkept.length > 0 || this.insisted > 0;
  }

  // Of this inspection alone; of all that wait where none is named.
  of(inspection) {
    return this.waiting.filter((change) => change.inspection === inspection);
  }

  last(inspection, thing) {
    return this.waiting.findLast((change) => change.inspection === inspection && change.thing === thing);
  }

  add(change, picture) {
    return this.keep([{ change: this.own(change), picture }]);
  }

  addAll(changes) {
    return this.keep(changes.map((change) => ({ change: this.own(change) })));
  }

  own(change) {
    return { ...change, owner: this.owner, tried: false };
  }

  // Is painted at once, and on disk before this promise is kept, however often the disk has to be asked.
  async keep(entries) {
    this.unkept.push(...entries);
    this.mirror(entries);
    while (entries.some((entry) => this.unkept.includes(entry))) {
      this.flushing ??= this.flush().finally(() => (this.flushing = undefined));
      await this.flushing.catch(rest);
    }
  }

  async flush() {
    const entries = this.unkept.splice(0);
    try {
      await this.change(async (changes, pictures) => {
        for (const { change, picture } of entries) {
          changes.put(admit(await changesOf(changes, this.owner), change));
          if (picture) pictures.put(picture, change.body.id);
        }
      });
    } catch (error) {
      this.unkept.unshift(...entries);
      throw error;
    }
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

  // Takes a photo away. Whether it has left the disk knows, because another tab may have sent it.
  async removePhoto(inspection, id) {
    const change = this.own(unphotoOf(inspection, id));
    this.unkept = this.unkept.filter((entry) => !isSame(entry.change, change));
    await this.insist(async (changes, pictures) => {
      const waiting = await changesOf(changes, this.owner);
      const last = waiting.findLast((other) => isSame(other, change));
      if (isHereAlone(last)) changes.delete(last.seq);
      else changes.put(admit(waiting, change));
      if (isHereAlone(last) || last?.refused) pictures.delete(id);
    });
  }

  // Puts another picture in the place of one; under another id if somebody can have the one before.
  async replacePhoto(inspection, id, other, about, picture) {
    const gone = this.own(unphotoOf(inspection, id));
    const photo = (under) => this.own(photoOf(inspection, { id: under, ...about }));
    await this.insist(async (changes, pictures) => {
      const waiting = await changesOf(changes, this.owner);
      const last = waiting.findLast((change) => isSame(change, gone));
      if (isHereAlone(last)) {
        changes.put(admit(waiting, photo(id)));
        pictures.put(picture, id);
        return;
      }
      // Away first, because there may be no room for one more.
      changes.put(admit(waiting, gone));
      if (last?.refused) pictures.delete(id);
      changes.put(photo(other));
      pictures.put(picture, other);
    });
  }

  // Takes back what was refused.
  async drop(seqs) {
    this.waiting = this.waiting.filter((change) => !seqs.includes(change.seq));
    await this.change((changes) => {
      for (const seq of seqs) changes.delete(seq);
    });
  }

  // Takes back what is not on its way yet.
  async withdraw(inspection, thing) {
    const isMeant = (change) => change.inspection === inspection && change.thing === thing && !change.tried;
    this.waiting = this.waiting.filter((change) => !isMeant(change));
    this.unkept = this.unkept.filter(({ change }) => !isMeant(change));
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
        // An earlier try of a photo may have arrived, whatever the last one was refused for.
        changes.put({ ...change, version, tried: change.kind === "photo", refused: undefined });
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
    this.teach(answers);
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
      if (this.busy === 0) {
        this.waiting = waiting;
        this.mirror(this.unkept);
      }
      if (!this.isBehind) this.failure = undefined;
    } catch (error) {
      this.failure = error;
    }
    this.tell(answered);
  }

  // What is painted until the disk has answered.
  mirror(entries) {
    for (const { change } of entries) {
      const last = this.last(change.inspection, change.thing);
      const admitted = admit(this.waiting, change);
      if (last && (last.refused || !last.tried)) this.waiting[this.waiting.indexOf(last)] = admitted;
      else this.waiting.push(admitted);
    }
  }

  // A change that is not given up, however often the disk has to be asked.
  async insist(work) {
    this.insisted += 1;
    while (!await this.change(work).then(() => true, () => false)) await rest();
    this.insisted -= 1;
    await this.reload();
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

  hear(answered) {
    if (answered) this.teach(answered);
    return this.reload(answered);
  }

  teach(answers) {
    for (const learner of this.learners) learner(answers);
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
