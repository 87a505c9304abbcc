// Sends what waits, again and again, until the server has answered. Small things and photos go in two lanes, each in its
// order, and each in one tab at a time.

import { newId } from "./ids.js";
import { pictureOf } from "./kept.js";
import { inTurn } from "./turn.js";

const LANES = ["small", "photos"];
const FIRST_PATIENCE = 500;
const MOST_PATIENCE = 30_000;
const LONGEST_SMALL = 20_000;
// A picture may come through a line that carries two kilobytes a second.
const SLOWEST = 2;
// What the server itself fails at so often it will not do later.
const MOST_FAILURES = 6;
const PASSING = [408, 425, 429, 500, 502, 503, 504];

export class Sender {
  // `person` is as whom the server has to know whoever sends: their taps are nobody else's.
  constructor(queue, person) {
    this.queue = queue;
    this.person = person;
    this.isLoggedOut = false;
    this.isReached = true;
    this.lanes = Object.fromEntries(LANES.map((name) => [name, { wait: FIRST_PATIENCE, failures: 0 }]));
    queue.listen(() => this.stir());
    addEventListener("online", () => this.hurry());
    addEventListener("pageshow", () => this.hurry());
    document.addEventListener("visibilitychange", () => !document.hidden && this.hurry());
    this.hurry();
  }

  // Sends at once, whatever failed before.
  hurry() {
    for (const lane of Object.values(this.lanes)) Object.assign(lane, { wait: FIRST_PATIENCE, due: undefined });
    this.stir();
  }

  stir() {
    for (const name of LANES) this.run(name);
  }

  async run(name) {
    const lane = this.lanes[name];
    clearTimeout(lane.timer);
    if (lane.isRunning) return;
    const wait = this.wait(lane, name);
    if (wait === undefined) return;
    if (wait > 0) {
      lane.timer = setTimeout(() => this.run(name), wait);
      return;
    }
    lane.isRunning = true;
    try {
      await inTurn(name, () => this.sendNext(name, lane));
    } catch {
      // The disk does not answer; the queue says so.
      this.pause(lane);
    }
    lane.isRunning = false;
    this.run(name);
  }

  // In how many milliseconds there is something to send; nothing where nothing waits.
  wait(lane, name) {
    const isOfLane = ({ kind }) => ["photo", "unphoto"].includes(kind) === (name === "photos");
    const waiting = this.queue.waiting.filter((change) => isOfLane(change) && !change.refused && !change.raw);
    if (waiting.length === 0) return undefined;
    if (lane.due) return Math.max(0, lane.due - performance.now());
    const ripens = waiting.map((change) => Math.min(10_000, (change.ripe ?? 0) - Date.now()));
    return Math.max(0, Math.min(...ripens));
  }

  async sendNext(name, lane) {
    const batch = await this.queue.take(name);
    if (batch.length === 0) {
      // What waits is behind something of the other lane, or was sent by another tab.
      await this.queue.reload();
      lane.due = performance.now() + 300;
      return;
    }
    // What is painted has to know that these have left: they are no longer changed, but followed.
    await this.queue.reload();
    const answer = await deliver(batch, this.person);
    const { status } = answer;
    this.isReached = status !== 0;
    if (status === 401) {
      this.isLoggedOut = true;
      this.pause(lane);
    } else if (status === 0 || (PASSING.includes(status) && !this.isHopeless(lane, status))) {
      this.pause(lane, answer.wait);
    } else {
      this.isLoggedOut = false;
      const answers = answersTo(batch, answer);
      if (answers.every((it) => it.again)) this.pause(lane);
      else Object.assign(lane, { wait: FIRST_PATIENCE, due: undefined, failures: 0 });
      await this.queue.settle(answers);
      return;
    }
    this.queue.tell();
  }

  isHopeless(lane, status) {
    if (status !== 500) return false;
    lane.failures += 1;
    return lane.failures >= MOST_FAILURES;
  }

  pause(lane, atLeast = 0) {
    lane.due = performance.now() + Math.max(atLeast, lane.wait * (0.75 + Math.random() / 2));
    lane.wait = Math.min(2 * lane.wait, MOST_PATIENCE);
  }
}

// The server's answer: its status, 0 where none came, and what it says.
async function deliver(batch, person) {
  const [change] = batch;
  if (change.kind === "complete" && change.tried) {
    const now = await ask({ method: "GET", path: `/inspections/${change.inspection}`, longest: LONGEST_SMALL }, person);
    if (now.status !== 200 || hasArrived(change, now.told)) return now;
  }
  const asked = await request(change, batch);
  return asked.path ? ask(asked, person) : { status: 422, told: { type: "picture-gone" } };
}

// Whether an earlier try has completed it: then somebody may have sent it back, and it isn't completed over their head.
const hasArrived = ({ body }, now) => (now.completed_at ?? null) !== (body.completed_at ?? null);

async function ask({ path, method, type, body, longest }, person) {
  const headers = { "courtesy-person": person, ...(type && { "content-type": type }) };
  try {
    // An older browser has no limit but its own.
    const answer = await fetch(`/api/v1${path}`, {
      method, headers, body, redirect: "error", cache: "no-store", signal: AbortSignal.timeout?.(longest),
    });
    // What is in front of the server may say in a page of its own that a picture is too large.
    const isMute = answer.status === 204 || (answer.status === 413 && !isJson(answer));
    const told = isMute ? {} : await answer.json();
    const wait = 1000 * Number(answer.headers.get("retry-after") ?? 0);
    return { status: answer.status, told, wait: wait || 0 };
  } catch {
    // No network, none to the end of the answer, or somebody else's page in its place.
    return { status: 0 };
  }
}

const isJson = (answer) => /[/+]json/.test(answer.headers.get("content-type"));

async function request(change, batch) {
  const { inspection, body } = change;
  const of = `/inspections/${inspection}`;
  const json = (method, path, value) => ({
    method, path, type: "application/json", body: JSON.stringify(value), longest: LONGEST_SMALL,
  });
  switch (change.kind) {
    case "item": return json("PUT", `${of}/items`, batch.map((each) => ({ ...each.body, version: each.version })));
    case "inspection": return json("PATCH", of, body);
    case "vehicle": return json("PATCH", `/vehicles/${change.vehicle}`, body);
    case "complete": return json("POST", `${of}/complete`, {});
    case "unphoto": return { method: "DELETE", path: `${of}/photos/${body.id}`, longest: LONGEST_SMALL };
    default: return photo(change, of);
  }
}

async function photo({ body }, of) {
  const { picture } = await pictureOf(body.id) ?? {};
  if (!picture || !await isReadable(picture)) return {};
  const { id, ...about } = body;
  const query = new URLSearchParams(Object.entries(about).filter(([, value]) => value));
  const longest = LONGEST_SMALL + picture.size / SLOWEST;
  return { method: "PUT", path: `${of}/photos/${id}?${query}`, type: picture.type, body: picture, longest };
}

// One that the disk has lost would fail like a dead network, for ever, and those behind it would wait.
const isReadable = (picture) => picture.slice(0, 1).arrayBuffer().then(() => true, () => false);

// What the answer means for each change that was sent.
function answersTo(batch, { status, told }) {
  const [first] = batch;
  if (status >= 200 && status < 300) {
    if (first.kind !== "item") return [{ change: first, told }];
    return batch.map((change) => answerTo(change, told));
  }
  const [error] = told?.errors ?? [];
  const refused = { status, type: told?.type, field: error?.field, detail: error?.detail ?? told?.detail, missing: told?.missing };
  // One that is wrong refuses all that are sent with it; the others are sent again without it.
  const wrong = status === 422 ? batch[Number.parseInt(error?.field, 10)] : undefined;
  if (first.kind === "unphoto" && status === 404) return [{ change: first }];
  // Photos are sent one by one.
  if (first.kind === "photo" && refused.type === "id-taken" && !first.isRenamed) return [{ change: first, renamed: newId() }];
  return batch.map((change) => (wrong && change !== wrong ? { change, again: true } : { change, refused }));
}

function answerTo(change, told) {
  const is = (finding) => `${finding.category}/${finding.component}` === change.thing;
  const theirs = told.conflicts?.find(is);
  if (theirs) return { change, refused: { type: "conflict", theirs } };
  if (change.body.cleared) return { change, version: 0, told };
  const item = told.items?.find(is);
  return item ? { change, item, version: item.version, told } : { change, again: true };
}
