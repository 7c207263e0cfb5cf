// Serves the inspector's page, and what it is made of, where there is no network. The page keeps them and
// keeps its keys itself; whoever is no longer signed in keeps nothing.
const HOME = new URL(registration.scope).pathname, KEPT = "inspection", SLOW = 3000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname === HOME && request.mode === "navigate") event.respondWith(page(request));
  else if (url.searchParams.has("v")) event.respondWith(kept(request.url).then((found) => found ?? fetch(request)));
});

function kept(url) {
  return caches.match(url, { cacheName: KEPT, ignoreVary: true });
}

async function page(request) {
  const found = await kept(HOME), slow = new Promise((tell) => found && setTimeout(tell, SLOW, found));
  try {
    const answer = await Promise.race([fetch(request), slow]);
    if (answer.type === "opaqueredirect" || answer.status === 403) await caches.delete(KEPT);
    return answer.status >= 500 && found || answer;
  } catch {
    return found ?? Response.error();
  }
}
