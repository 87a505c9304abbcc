// Lets the mechanic's pages open without network once they were opened with. A page is kept only together with everything that it
// loads, and those are named by what they contain: so whatever opens is of one version of the program.

const CACHE = "courtesy-1";
const PAGE = /^\/(work|inspections\/[0-9a-f-]{36}\/inspect)$/;
// Whoever comes or goes here.
const DOOR = /^\/(login|logout|signup|log-in\/.+)$/;
const ASSET = /"(\/assets\/[\w.-]+)"/g;
// How long the network may take where there is a page at hand.
const PATIENCE = 4_000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  // Whoever comes or goes finds nothing of anybody else's.
  if (request.method === "POST" && DOOR.test(pathname)) event.waitUntil(forget());
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && PAGE.test(pathname)) event.respondWith(page(event, pathname));
  else if (pathname.startsWith("/assets/")) event.respondWith(asset(request));
});

// Pages that are about to be needed.
addEventListener("message", (event) => {
  const paths = (event.data.keep ?? []).map((address) => new URL(address, location).pathname);
  const keeping = paths.filter((path) => PAGE.test(path)).map((path) => fetch(path).then((answer) => keep(path, answer)));
  event.waitUntil(Promise.allSettled(keeping));
});

async function page(event, path) {
  const kept = await caches.match(path).catch(() => undefined);
  const fresh = fetch(event.request).then((answer) => keep(path, answer));
  event.waitUntil(fresh.catch(() => {}));
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([fresh, late]).catch(() => undefined);
  return answer && answer.status < 500 ? answer : kept;
}

async function asset(request) {
  const kept = await caches.match(request.url).catch(() => undefined);
  return kept ?? fetch(request);
}

// Keeps a page with all that it loads, and answers with it. A page that leads elsewhere is none any more.
async function keep(path, answer) {
  const isElsewhere = answer.type === "opaqueredirect" || answer.redirected;
  const isPage = answer.ok && !isElsewhere;
  const { headers } = answer;
  const html = isPage ? await answer.text() : undefined;
  try {
    const cache = await caches.open(CACHE);
    if (isElsewhere || answer.status === 404) await cache.delete(path);
    if (isPage) {
      await keepAssets(cache, html);
      await cache.put(path, new Response(html, { headers }));
      await tidy(cache);
    }
  } catch {
    // A phone that has no room for it shows it all the same.
  }
  return isPage ? new Response(html, { headers }) : answer;
}

async function keepAssets(cache, html) {
  const known = new Set();
  let found = assetsIn(html);
  while (found.length > 0) {
    const texts = await Promise.all(found.map((address) => {
      known.add(address);
      return textOf(cache, address);
    }));
    found = [...new Set(texts.flatMap(assetsIn))].filter((address) => !known.has(address));
  }
}

async function textOf(cache, address) {
  let answer = await cache.match(address);
  if (!answer) {
    answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    await cache.put(address, answer.clone());
  }
  return address.endsWith(".js") ? answer.text() : "";
}

const assetsIn = (text) => [...new Set([...text.matchAll(ASSET)].map(([, address]) => address))];

// What no page loads any more goes.
async function tidy(cache) {
  const needed = new Set();
  const requests = await cache.keys();
  const queue = requests.filter((request) => PAGE.test(new URL(request.url).pathname));
  while (queue.length > 0) {
    const answer = await cache.match(queue.pop());
    for (const address of assetsIn(await answer.text())) {
      if (needed.has(address)) continue;
      needed.add(address);
      if (address.endsWith(".js") && await cache.match(address)) queue.push(address);
    }
  }
  for (const request of requests) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/assets/") && !needed.has(pathname)) await cache.delete(request);
  }
}

// Pages and what was known of inspections; never what still waits to be sent.
async function forget() {
  await caches.delete(CACHE);
  await new Promise((resolve) => {
    const opening = indexedDB.open("courtesy");
    opening.onupgradeneeded = () => opening.transaction.abort();
    opening.onerror = resolve;
    opening.onsuccess = () => {
      const database = opening.result;
      const clearing = database.transaction(["known"], "readwrite");
      clearing.objectStore("known").clear();
      clearing.oncomplete = clearing.onabort = () => {
        database.close();
        resolve();
      };
    };
  });
}
