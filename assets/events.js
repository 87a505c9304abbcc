// When to look again: as soon as the server says that something changed, and now and then in case that was lost. A
// page that nobody sees asks for nothing and holds no connection, because a browser has six of them for all its
// tabs.

const KINDS = ["inspection", "message", "conversation", "reload"];
// Several changes in a row are one.
const GATHER = 150;
// A busy shop is not looked at more often than people can read.
const PAUSE = 1_000;
const POLL = 30_000;
const SHORTEST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;

// Calls `look`, which answers once it has looked, until `end` is called; `soon` asks for it at once.
export function watch(look) {
  let stream, next, reopening;
  let wait = SHORTEST_WAIT;
  let looked = -Infinity;
  let isLooking = false;
  let isAsked = false;
  let isOver = false;

  const lookNow = async () => {
    clearTimeout(next);
    if (isLooking) {
      isAsked = true;
      return;
    }
    isLooking = true;
    isAsked = false;
    try {
      await look();
    } finally {
      isLooking = false;
      looked = performance.now();
      if (!document.hidden && !isOver) next = setTimeout(lookNow, isAsked ? PAUSE : POLL);
    }
  };
  const soon = () => {
    if (isLooking) isAsked = true;
    else if (!isAsked) {
      isAsked = true;
      clearTimeout(next);
      next = setTimeout(lookNow, Math.max(GATHER, looked + PAUSE - performance.now()));
    }
  };
  const open = () => {
    stream = new EventSource("/api/v1/events");
    for (const kind of KINDS) stream.addEventListener(kind, soon);
    // From here on everything is told. What changed before, since the page was made or while nobody listened, is
    // not.
    stream.addEventListener("open", () => {
      wait = SHORTEST_WAIT;
      soon();
    });
    stream.addEventListener("error", () => {
      // Refused, not only cut off: the page itself says why.
      if (stream.readyState === EventSource.CLOSED) soon();
      stream.close();
      // Not all at once, when a server comes back that many have waited for.
      reopening = setTimeout(open, wait * (0.5 + Math.random()));
      wait = Math.min(2 * wait, LONGEST_WAIT);
    });
  };
  const close = () => {
    stream?.close();
    clearTimeout(next);
    clearTimeout(reopening);
    isAsked = false;
  };
  const turn = () => {
    close();
    if (!document.hidden) open();
  };
  // A page that comes back out of the browser's memory has to catch up as well.
  const comeBack = (event) => event.persisted && turn();
  document.addEventListener("visibilitychange", turn);
  addEventListener("pageshow", comeBack);
  addEventListener("pagehide", close);
  turn();

  const end = () => {
    isOver = true;
    close();
    document.removeEventListener("visibilitychange", turn);
    removeEventListener("pageshow", comeBack);
    removeEventListener("pagehide", close);
  };
  return { soon, end };
}
