// Keeps the tickets that this phone has opened, and what they are drawn with, for where there is no
// network. Nothing else is kept: no company's page, no form. GIVEN stands above, from the portal:
// shell, the files to keep; offline, the page where none was kept; logout; version.
const SHELL = `phone-shell-${GIVEN.version}`, LINKS = "phone-links", MINE = "phone-mine";
const HOME = new URL(registration.scope).pathname, SLOW = 3000;
const OURS = [`${HOME}b/`, `${HOME}resa/`, `${HOME}mina-sidor/biljetter/`];
const isOurs = (path) => OURS.some((place) => path.startsWith(place));

addEventListener("install", (event) => event.waitUntil(
  caches.open(SHELL).then((shell) => shell.addAll(GIVEN.shell)).then(() => skipWaiting())));

addEventListener("activate", (event) => event.waitUntil(
  drop((name) => name.startsWith("phone-shell-") && name !== SHELL).then(() => clients.claim())));

addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && url.pathname === GIVEN.logout) event.waitUntil(drop(isMine));
  if (request.method !== "GET") return;
  if (GIVEN.shell.includes(url.pathname + url.search))
    event.respondWith(caches.match(request.url, { ignoreVary: true }).then((kept) => kept || fetch(request)));
  else if (isOurs(url.pathname) && (request.mode === "navigate" || request.headers.has("HX-Boosted")))
    event.respondWith(fetched(request, url.pathname));
});

addEventListener("message", (event) => {
  const { save, at, forget, whose } = event.data;
  event.waitUntil(Promise.all([
    whose && drop((name) => isMine(name) && name !== `${MINE}-${whose}`),
    forget && everywhere((cache) => cache.delete(forget)),
    save && keep(save, at, !at.startsWith(`${HOME}b/`) && whose),
  ]));
});

// The network's answer; where it is away or slow, what is kept.
async function fetched(request, path) {
  const kept = await caches.match(path, { ignoreVary: true });
  const slow = new Promise((tell) => kept && setTimeout(tell, SLOW, kept));
  try {
    const answer = await Promise.race([fetch(request), slow]);
    if (answer.status === 404) await everywhere((cache) => cache.delete(path));
    return answer.status >= 500 && kept || answer;
  } catch {
    return kept || caches.match(GIVEN.offline, { ignoreVary: true });
  }
}

async function keep(address, at, whose) {
  const cache = await caches.open(whose ? `${MINE}-${whose}` : LINKS);
  const answer = await fetch(address);
  if (!answer.ok || answer.redirected) return cache.delete(at);
  await cache.put(at, answer);
  return everywhere(async (each) => {
    for (const request of await each.keys()) {
      const kept = await each.match(request, { ignoreVary: true });
      if (Date.parse(kept.headers.get("X-Useless-At")) < Date.now()) await each.delete(request);
    }
  });
}

function isMine(name) {
  return name.startsWith(MINE);
}

async function drop(which) {
  return Promise.all((await caches.keys()).filter(which).map((name) => caches.delete(name)));
}

async function everywhere(act) {
  const names = (await caches.keys()).filter((name) => isMine(name) || name === LINKS);
  return Promise.all(names.map(async (name) => act(await caches.open(name))));
}
