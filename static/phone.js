// The ticket on a phone: the seconds and the time left, which go on also without network; a screen that
// stays lit; and a copy of the ticket for where there is no network. Every page works without it.
{
  const seek = (selector) => document.querySelector(selector), all = (selector) => document.querySelectorAll(selector);
  const second = new Intl.DateTimeFormat("sv", { timeZone: "Europe/Stockholm", timeStyle: "medium" });
  const ROUND = 8000; // milliseconds there and back: all phones ride alike
  const KEPT = 240_000; // and so long a copy is new enough
  const told = new Map(), kept = new Map();
  let lock = null, worker = null, drift = Number(remembered("drift"));

  function remembered(name, value) {
    try {
      return value === undefined ? localStorage.getItem(name) : localStorage.setItem(name, value);
    } catch { /* a browser may keep nothing */ }
  }

  // How much this phone's clock is behind the portal's, but for the time that an answer takes.
  function setClock(answered) {
    const behind = Date.parse(answered) - Date.now();
    drift = Math.abs(behind) > 2000 ? behind : 0;
    remembered("drift", drift);
  }

  function tick() {
    const now = Date.now() + drift;
    for (const clock of all(".live time")) clock.textContent = second.format(now);
    for (const face of all("[data-until]")) {
      const left = Date.parse(face.dataset.until) - now;
      if (left > 0) face.querySelector(".left b").textContent = inWords(left, JSON.parse(face.dataset.words));
      else end(face);
    }
  }

  function inWords(left, words) {
    const minutes = Math.floor(left / 60000);
    const [word, numbers] = minutes < 1 ? [words.soon, {}] : minutes < 60 ? [words.minutes, { minutes }]
      : minutes < 48 * 60 ? [words.hours, { hours: Math.floor(minutes / 60), minutes: minutes % 60 }]
      : [words.days, { days: Math.floor(minutes / 1440) }];
    return word.replace(/%\((\w+)\)d/g, (_, name) => numbers[name]);
  }

  // It is over: what stands in its template comes instead of the code.
  function end(face) {
    delete face.dataset.until;
    const over = face.querySelector("template").content.cloneNode(true);
    face.dataset.state = over.querySelector(".status").textContent;
    face.querySelector(".live").remove();
    for (const part of [".code", ".left"]) face.querySelector(part).replaceWith(over.querySelector(part));
    tell(face);
    light();
    const poll = face.querySelector("[data-poll]");
    if (poll) htmx.trigger(poll, "refresh");
  }

  // A state that is new is said once, to whoever listens.
  function tell(face) {
    const before = told.get(location.pathname), state = face.dataset.state;
    told.set(location.pathname, state);
    if (before && before !== state) seek("#told").textContent = state;
    return before !== state;
  }

  async function light() {
    const wanted = document.visibilityState === "visible" && seek(".code img");
    if (wanted && !lock) {
      try {
        lock = await navigator.wakeLock.request("screen");
        lock.addEventListener("release", () => lock = null);
      } catch { /* the phone would rather save its battery */ }
    } else if (!wanted) lock?.release();
  }

  function look() {
    for (const live of all(".live")) {
      live.querySelector("span")?.remove();
      if (seek("[data-poll]")) setClock(live.dataset.now);
      for (const ride of live.getAnimations({ subtree: true })) ride.currentTime = (Date.now() + drift) % ROUND;
    }
    const face = seek("article.face"), news = face && tell(face), whose = seek("[data-whose]")?.dataset.whose;
    const { save, at } = seek("[data-save]")?.dataset ?? {}, forget = seek("[data-forget]")?.dataset.forget;
    if (worker && (news || !save || Date.now() - kept.get(save) > KEPT)) {
      kept.set(save, Date.now());
      worker.then(({ active }) => active.postMessage({ save, at, forget, whose }));
    }
    tick();
    light();
  }

  async function list(place) {
    for (const name of (await caches.keys()).filter((name) => /^phone-(links|mine)/.test(name)))
      for (const request of await (await caches.open(name)).keys()) {
        const text = await (await caches.match(request, { ignoreVary: true })).text();
        const saved = new DOMParser().parseFromString(text, "text/html"), row = document.createElement("li");
        const link = row.appendChild(document.createElement("a"));
        row.className = "task";
        link.href = request.url;
        link.textContent = ["h1", "header h1 + p"].map((part) => saved.querySelector(`.face ${part}`).textContent).join(", ");
        place.querySelector("ul").append(row);
        place.hidden = false;
      }
  }

  const home = seek("[data-worker]")?.dataset.worker;
  if (home && navigator.serviceWorker)
    worker = navigator.serviceWorker.register(home).then(() => navigator.serviceWorker.ready);
  worker?.catch(() => worker = null);

  for (const trouble of ["htmx:sendError", "htmx:timeout"])
    document.addEventListener(trouble, (event) => {
      if (!event.target.matches("[data-poll]")) return;
      event.stopPropagation(); // the ticket holds without network, and says so
      seek("#away").hidden = false;
    });
  document.addEventListener("htmx:afterSettle", look);
  document.addEventListener("visibilitychange", () => { tick(); light(); });
  for (const place of all("[data-kept]")) list(place);
  setInterval(tick, 1000);
  look();
}
