// The inspector's page in a browser: the camera, pictures and text are read and judged here, by keys and a
// block list that are kept for where there is no network. Without it the form does the same.
{
  const root = document.querySelector("[data-inspection]"), seek = (selector) => root.querySelector(selector);
  const words = JSON.parse(root.dataset.words), place = location.pathname, PATIENCE = 5000;
  const zone = seek("[name=zone]"), sound = seek("#sound"), camera = seek(".camera"), video = seek("video");
  const LARGEST = 2000; // pixels, the longer side of what is looked at
  let basis = null, last = null;

  ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => root.dataset.wasm } });

  function remembered(name, value) {
    try {
      return value === undefined ? localStorage.getItem(`inspection-${name}`) : localStorage.setItem(`inspection-${name}`, value);
    } catch { /* a browser may keep nothing */ }
  }

  // Keys and block list: the newest where there is a network, else those that were kept.

  async function fetchBasis() {
    try {
      const answer = await fetch(root.dataset.basis, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      basis = await answer.json();
      basis.drift = Date.parse(basis.made_at) - Date.now(); // how much this clock is behind the portal's
      basis.away = false;
      if (window.caches) await keepAll();
    } catch {
      basis ??= await (await window.caches?.match(root.dataset.basis, { ignoreVary: true }))?.json() ?? null;
      if (basis) basis.away = true;
    }
    tellBasis();
  }

  async function keepAll() {
    const cache = await caches.open("inspection"), wanted = [...document.querySelectorAll(
      "link[rel=stylesheet], link[rel=icon], script[src]")].map((each) => each.href ?? each.src);
    wanted.push(...[root.dataset.wasm, root.dataset.icons, place].map((path) => new URL(path, location).href));
    await cache.put(root.dataset.basis, new Response(JSON.stringify(basis)));
    for (const url of wanted)
      if (url.endsWith(place) || !await cache.match(url, { ignoreVary: true })) await cache.add(url);
    for (const { url } of await cache.keys())
      if (!wanted.includes(url) && !url.endsWith(root.dataset.basis)) await cache.delete(url);
    root.dataset.kept = "yes";
  }

  function tellBasis() {
    const line = seek("#basis"), age = basis ? now() - Date.parse(basis.made_at) : 0;
    const stale = basis && age > basis.rules.stale_hours * 3_600_000;
    const said = !basis ? [words.page.none] : [fill(words.page.basis, { at: when(Date.parse(basis.made_at)), ago: ago(age) })];
    if (basis?.away) said.unshift(words.page.away);
    if (stale) said.push(fill(words.page.stale, { hours: basis.rules.stale_hours }));
    line.textContent = said.join(" ");
    line.classList.toggle("stale", !basis || stale);
  }

  const now = () => Date.now() + (basis?.drift ?? 0);

  // Words.

  function fill(text, values) {
    return text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
  }

  function written(moment, options) {
    return new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "sv",
      { timeZone: "Europe/Stockholm", ...options }).format(moment).replace(/[.,]/g, "");
  }

  const day = (moment) => written(moment, { weekday: "short", day: "numeric", month: "short" });
  const clock = (moment) => written(moment, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const when = (moment) => day(moment) === day(now()) ? clock(moment) : `${day(moment)} ${clock(moment)}`;

  function ago(age) {
    const minutes = Math.floor(age / 60_000), relative = new Intl.RelativeTimeFormat(document.documentElement.lang);
    if (minutes < 1) return words.page.just;
    if (minutes < 60) return relative.format(-minutes, "minute");
    return minutes < 48 * 60 ? relative.format(-Math.round(minutes / 60), "hour") : relative.format(-Math.round(minutes / 1440), "day");
  }

  // The verdict.

  async function judge(code) {
    last = code;
    if (!basis) return tell(words.page.none);
    const verdict = await inspection.inspect(code, basis, { now: now(), zone: zone.value });
    const { finding, ticket, doubts } = verdict, valid = finding === "valid";
    const kind = !valid ? "bad" : doubts.length ? "warn" : "good";
    const at = ticket && when(finding === "not_yet" ? ticket.from : ticket.until);
    const headline = kind === "warn" ? words.page.look : words.findings[finding];
    const lines = doubts.map((doubt) => fill(words.doubts[doubt], { at: when(ticket.drawn) }));
    const advice = words.advice[finding] || valid && words.proofs[ticket.category];
    if (advice) lines.push(advice);
    draw(kind, fill(headline, { at, zone: verdict.zone }), lines, ticket ? facts(ticket) : []);
    signal(valid);
    tellBasis();
  }

  function facts({ product, area, zones, category, from, until, number, drawn }) {
    const full = (moment) => `${day(moment)} ${clock(moment)}`;
    const values = { product, area, zones: zones.join(", "), category, from: full(from), until: full(until), number,
      drawn: drawn === null ? "" : when(drawn) };
    return Object.entries(values).filter(([, value]) => value).map(([name, value]) => [words.terms[name], value]);
  }

  const tell = (text) => draw("warn", text, [], []);

  function draw(kind, headline, lines, pairs) {
    const verdict = make("article", { className: `verdict ${kind}` });
    const title = make("h2", {}, icon(kind), headline);
    verdict.append(title, ...lines.map((line) => make("p", {}, line)));
    if (pairs.length)
      verdict.append(make("dl", { className: "facts" }, ...pairs.map(([term, value]) =>
        make("div", {}, make("dt", {}, term), make("dd", {}, value)))));
    seek("#verdict").replaceChildren(verdict);
    verdict.scrollIntoView({ block: "nearest" });
  }

  function make(name, given, ...children) {
    const element = Object.assign(document.createElement(name), given);
    element.append(...children);
    return element;
  }

  function icon(name) {
    const space = "http://www.w3.org/2000/svg", drawn = document.createElementNS(space, "svg");
    drawn.setAttribute("class", "icon");
    drawn.setAttribute("aria-hidden", "true");
    drawn.append(document.createElementNS(space, "use"));
    drawn.firstChild.setAttribute("href", `${root.dataset.icons}#${name}`);
    return drawn;
  }

  // Two short, high tones when it is valid, else a long and low one.
  function signal(valid) {
    if (!sound.checked) return;
    navigator.vibrate?.(valid ? [60, 60, 60] : 500);
    const audio = new AudioContext(), tones = valid ? [[880, 0, .1], [1175, .14, .1]] : [[165, 0, .5]];
    for (const [frequency, from, length] of tones) {
      const tone = audio.createOscillator();
      tone.frequency.value = frequency;
      tone.connect(audio.destination);
      tone.start(audio.currentTime + from);
      tone.stop(audio.currentTime + from + length);
    }
    setTimeout(() => audio.close(), 1000);
  }

  // Reading.

  async function seen(source, width, height) {
    const scale = Math.min(1, LARGEST / Math.max(width, height));
    const canvas = new OffscreenCanvas(Math.max(1, width * scale), Math.max(1, height * scale));
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.fillStyle = "#fff"; // a code that was drawn on nothing was seen on white
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(source, 0, 0, canvas.width, canvas.height);
    const [found] = await ZXingWASM.readBarcodes(pen.getImageData(0, 0, canvas.width, canvas.height),
      { formats: ["Aztec"], maxNumberOfSymbols: 1 });
    return found?.bytes;
  }

  async function readPicture(file) {
    last = null;
    tell(words.page.reading);
    let bitmap;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      return tell(words.page.unreadable);
    }
    const code = await seen(bitmap, bitmap.width, bitmap.height);
    bitmap.close();
    return code ? judge(code) : tell(words.page.no_code);
  }

  async function readCamera() {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
      camera.hidden = false;
      await video.play();
    } catch {
      stopCamera();
      return tell(words.page.no_camera);
    }
    while (!camera.hidden) {
      const code = await seen(video, video.videoWidth, video.videoHeight);
      if (code && !camera.hidden) {
        stopCamera();
        return judge(code);
      }
      await new Promise((rest) => setTimeout(rest, 80));
    }
  }

  function stopCamera() {
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    camera.hidden = true;
  }

  const acts = { read: readCamera, stop: stopCamera, fetch: fetchBasis };
  root.addEventListener("click", ({ target }) => acts[target.closest("[data-act]")?.dataset.act]?.());

  root.addEventListener("change", ({ target }) => {
    if (target === zone) {
      remembered("zone", zone.value);
      if (last) judge(last);
    }
    if (target === sound) remembered("sound", sound.checked);
    if (target.type === "file" && target.files.length && basis) {
      readPicture(target.files[0]);
      target.value = "";
    }
  });

  seek("form").addEventListener("submit", (event) => {
    if (!basis) return; // the portal does it
    event.preventDefault();
    const code = inspection.fromText(event.target.elements.text.value) ?? last;
    if (code) judge(code);
    else tell(words.page.no_text);
  });

  for (const part of root.querySelectorAll(".scripted")) part.hidden = false;
  if (!navigator.mediaDevices) seek("[data-act=read]").hidden = true;
  zone.value = remembered("zone") ?? zone.value;
  sound.checked = remembered("sound") !== "false";
  addEventListener("pagehide", stopCamera);
  addEventListener("online", fetchBasis);
  addEventListener("offline", fetchBasis);
  setInterval(tellBasis, 30_000);
  setInterval(() => document.visibilityState === "visible" && fetchBasis(), 300_000);
  navigator.serviceWorker?.register(root.dataset.worker);
  fetchBasis();
}
