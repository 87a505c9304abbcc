// What is kept on this phone: changes that wait, their pictures, and what the server last said of an inspection. A
// change is on disk before anything is said about it.

const NAME = "courtesy";
const VERSION = 1;
let opening;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const database = request.result;
      database.createObjectStore("changes", { keyPath: "seq", autoIncrement: true }).createIndex("owner", "owner");
      database.createObjectStore("pictures");
      database.createObjectStore("known", { keyPath: ["owner", "inspection"] });
      database.createObjectStore("turns");
    };
    request.onsuccess = () => {
      const database = request.result;
      // A newer program in another tab must not wait for this one; and a phone may close what it likes.
      database.onversionchange = () => database.close();
      database.onclose = () => (opening = undefined);
      resolve(database);
    };
    request.onerror = () => reject(request.error);
  });
  opening.catch(() => (opening = undefined));
  return opening;
}

async function transaction(names, mode, work) {
  const [database, connection] = [await open(), opening];
  try {
    return await carriedOut(database, names, mode, work);
  } catch {
    // Closed behind our back, or out of order since the phone slept: another connection may do.
    database.close();
    if (opening === connection) opening = undefined;
    return carriedOut(await open(), names, mode, work);
  }
}

function carriedOut(database, names, mode, work) {
  const begun = database.transaction(names, mode, { durability: "strict" });
  return new Promise((resolve, reject) => {
    let result;
    begun.oncomplete = () => resolve(result);
    begun.onabort = () => reject(begun.error ?? new Error("aborted"));
    const stores = names.map((name) => begun.objectStore(name));
    Promise.resolve(work(...stores)).then((value) => (result = value), (error) => {
      reject(error);
      try {
        begun.abort();
      } catch {
        // It has ended already.
      }
    });
  });
}

// The answer to one request of a transaction.
export const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

// `work` gets the stores in the order of their names and may wait for nothing but `asked`.
export const read = (names, work) => transaction(names, "readonly", work);
export const write = (names, work) => transaction(names, "readwrite", work);

export const changesOf = (store, owner) => asked(store.index("owner").getAll(owner));

// What the server last said of an inspection, and as of when: a page that was made later knows better.
export const knownOf = (owner, inspection) => read(["known"], (known) => asked(known.get([owner, inspection])));
export const keepKnown = (owner, inspection, made, sheet) => write(["known"], async (known) => {
  const before = await asked(known.get([owner, inspection]));
  const latest = before && before.made > made ? before.made : made;
  known.put({ owner, inspection, made: latest, sheet });
});
export const pictureOf = (id) => read(["pictures"], (pictures) => asked(pictures.get(id)));
