// The inspection as the mechanic sees it: what the server last said, and over it what waits on this phone.

import { keepKnown } from "./kept.js";
import { learned } from "./learned.js";
import { changed, fitting, progress } from "./verdict.js";

const TYPING = 900;
const thing = (category, component) => `${category}/${component}`;

export class Model {
  constructor(sheet, known, queue) {
    Object.assign(this, { sheet, queue, id: sheet.inspection.id, words: sheet.words });
    this.owner = `${sheet.shop}/${sheet.person}`;
    // Counts what was learned, so that an answer that was asked for before is known to be old.
    this.learned = 0;
    this.made = sheet.made;
    // The page may come out of what was kept, and the phone have learned more since.
    const isNewer = known && known.made >= sheet.made;
    // What this phone was answered after the page had been made, and before it came.
    const answers = known?.sheet.items.filter((item) => item.version > sheet.version).map((item) => ({ change: {}, item })) ?? [];
    this.take(learned(isNewer ? known.sheet : sheet.inspection, answers));
    this.components = new Map(sheet.categories.flatMap((category) => category.components.map((component) => [
      thing(category.key, component.key), { category, component },
    ])));
  }

  // All that the server says of the inspection.
  take(whole) {
    this.whole = whole;
    const byThing = (list) => new Map(list.map((it) => [thing(it.category, it.component), it]));
    this.items = byThing(whole.items);
    this.previous = byThing(whole.previous);
    this.photos = whole.photos ?? [];
  }

  replace(whole, since) {
    if (since !== this.learned) return false;
    this.take(whole);
    this.keep();
    return true;
  }

  // What the server answered to changes that were sent, from here or from another tab.
  learn(answers) {
    this.take(learned(this.all(), answers.filter(({ change }) => change.inspection === this.id)));
    this.learned += 1;
    this.keep();
  }

  all() {
    return { ...this.whole, items: [...this.items.values()], photos: this.photos };
  }

  keep() {
    this.whole = this.all();
    keepKnown(this.owner, this.id, this.made, this.whole).catch(() => {});
  }

  finding(category, component) {
    const of = thing(category, component);
    const item = this.items.get(of);
    const mine = this.queue.last(this.id, of);
    if (mine?.body.cleared) return undefined;
    return mine ? { ...item, ...mine.body } : item;
  }

  last(category, component) {
    return this.previous.get(thing(category, component));
  }

  clash(category, component) {
    const refused = this.queue.last(this.id, thing(category, component))?.refused;
    return refused?.theirs ? refused : undefined;
  }

  // What is read off the car, by its column.
  readOff(field) {
    const mine = this.queue.last(this.id, field)?.body;
    if (mine) return Object.values(mine)[0];
    return field === "odometer" ? this.whole.odometer_reading : this.whole.vehicle[field];
  }

  photosBut(id) {
    return this.photos.filter((photo) => photo.id !== id);
  }

  photosOf(isMeant) {
    const waiting = this.queue.of(this.id).filter((change) => change.kind === "photo")
      .filter((change) => !this.photos.some((photo) => photo.id === change.body.id))
      .map((change) => ({ ...change.body, change }));
    const isGone = (photo) => this.queue.last(this.id, `photo/${photo.id}`)?.kind === "unphoto";
    return [...this.photos, ...waiting].filter((photo) => isMeant(photo) && !isGone(photo));
  }

  photosOfComponent(category, component) {
    return this.photosOf((photo) => photo.category === category && photo.component === component);
  }

  progress(categories = this.sheet.categories) {
    const hasPhoto = (category, component) => this.photosOfComponent(category, component).length > 0;
    return progress(categories, (category, component) => this.finding(category, component), hasPhoto);
  }

  // Writes down a tap; { cleared: true } takes the rating back. Typing is sent once it rests.
  rate(category, component, tap) {
    const of = thing(category, component);
    if (tap.measurement === null && this.isProposed(of)) return this.takeOut(category, component);
    const change = this.ratingOf(category, component, tap);
    return change ? this.queue.add(change) : Promise.resolve();
  }

  // Whether nobody has said more of it than its number, whose colour it has.
  isProposed(of) {
    const mine = this.queue.last(this.id, of);
    if (mine) return Boolean(mine.isProposed);
    const item = this.items.get(of);
    return Boolean(item?.severity) && item.severity === item.proposed_severity && !item.notes;
  }

  // A number that is taken out takes the colour with it that it proposed. Before anybody has seen them they were never there.
  takeOut(category, component) {
    const of = thing(category, component);
    const isUnseen = !this.items.has(of) && !this.queue.last(this.id, of).tried;
    if (isUnseen) return this.queue.withdraw(this.id, of);
    return this.queue.add({ ...this.clearingOf(category, component), ripe: Date.now() + TYPING });
  }

  rateAll(taps) {
    return this.queue.addAll(taps.map(([category, component, tap]) => this.ratingOf(category, component, tap)));
  }

  clearingOf(category, component) {
    const of = thing(category, component);
    return {
      inspection: this.id, kind: "item", thing: of, body: { category, component, cleared: true },
      version: this.items.get(of)?.version ?? 0, ripe: 0,
    };
  }

  ratingOf(category, component, tap) {
    if (tap.cleared) return this.clearingOf(category, component);
    const of = thing(category, component);
    const before = this.finding(category, component);
    const { scale, canned } = this.components.get(of).component;
    const body = changed(before, tap, scale);
    if (body.severity !== before?.severity) body.notes = fitting(body.notes, canned, body.severity);
    // There is nothing to say of a component that has no verdict.
    if (!body.severity && !body.not_applicable) return undefined;
    const isTyped = "notes" in tap || "measurement" in tap;
    return {
      inspection: this.id, kind: "item", thing: of, body: { category, component, ...body },
      version: this.items.get(of)?.version ?? 0, ripe: isTyped ? Date.now() + TYPING : 0,
      // What was said by hand stays when the number goes.
      isProposed: typeof tap.measurement === "number" && !tap.severity && (!before || this.isProposed(of)),
    };
  }

  write(field, value) {
    const ripe = Date.now() + TYPING;
    const ofVehicle = { inspection: this.id, kind: "vehicle", vehicle: this.whole.vehicle.id, ripe };
    if (field !== "odometer") return this.queue.add({ ...ofVehicle, thing: field, body: { [field]: value } });
    return this.queue.addAll([
      { inspection: this.id, kind: "inspection", thing: "odometer", body: { odometer_reading: value }, ripe },
      { ...ofVehicle, thing: "mileage", body: { mileage: value } },
    ]);
  }

  complete() {
    const { completed_at = null } = this.whole;
    return this.queue.add({ inspection: this.id, kind: "complete", thing: "complete", body: { completed_at }, ripe: 0 });
  }
}
