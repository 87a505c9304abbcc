// What is known of an inspection once the server has answered changes of it: `known` as it was before, the answers of this
// inspection alone. A finding that was learned otherwise meanwhile, and is newer, stays.
export function learned(known, answers) {
  const after = { ...known };
  const items = new Map(known.items.map((item) => [findingOf(item), item]));
  const learnItem = (item) => {
    const before = items.get(findingOf(item));
    if ((before?.version ?? 0) <= item.version) items.set(findingOf(item), item);
  };
  for (const { change, item, refused, again, renamed, told } of answers) {
    if (refused?.theirs) learnItem(refused.theirs);
    if (refused || again || renamed) continue;
    if (item) learnItem(item);
    if (change.body?.cleared && !isNewer(items.get(change.thing), change)) items.delete(change.thing);
    if (change.kind === "inspection") after.odometer_reading = told.odometer_reading;
    if (change.kind === "vehicle") after.vehicle = { ...after.vehicle, ...change.body };
    if (change.kind === "complete") Object.assign(after, { status: told.status, completed_at: told.completed_at });
    if (!["photo", "unphoto"].includes(change.kind)) continue;
    // A page that was made meanwhile has it already.
    after.photos = after.photos.filter((photo) => photo.id !== change.body.id);
    if (change.kind === "photo") after.photos.push({ ...told, ...change.body });
  }
  return { ...after, items: [...items.values()] };
}

// Rated again, from wherever, after it was taken back.
const isNewer = (item, change) => item?.version > change.version;
const findingOf = ({ category, component }) => `${category}/${component}`;
