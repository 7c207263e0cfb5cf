// Reads a ticket's code and judges it as documents/inspections.py and domain/inspections.py do, for where
// there is no network: inflate, CBOR, ES256, and then the rules. The cases of tests/inspection_cases.json
// are put to both. Nothing here knows the page.
const inspection = (() => {
  const MOST = 4096, DEEPEST = 12, KNOWN = new Map();

  class Refused extends Error {
    constructor(finding = "no_ticket") {
      super(finding);
      this.finding = finding;
    }
  }

  function check(holds, finding) {
    if (!holds) throw new Refused(finding);
  }

  // What a reader found in the symbol, compressed or not. A bomb is given up when it is too big.
  async function inflated(bytes) {
    if (bytes[0] !== 0x78) return bytes;
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    const whole = new Uint8Array(MOST);
    for (let length = 0; ;) {
      const { done, value } = await reader.read().catch(() => check(false));
      if (done) return whole.slice(0, length);
      if (length + value.length > MOST) {
        reader.cancel().catch(() => {});
        check(false);
      }
      whole.set(value, length);
      length += value.length;
    }
  }

  // One CBOR item that takes all of the bytes. Maps become Map; a tag, or a key twice, is refused.
  function cbor(bytes) {
    check(bytes instanceof Uint8Array && bytes.length <= MOST);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;

    function take(length) {
      check(length <= bytes.length - at);
      at += length;
      return bytes.slice(at - length, at);
    }

    function number(info) {
      if (info < 24) return info;
      check(info < 28);
      const size = 2 ** (info - 24), from = at;
      take(size);
      return size === 8 ? Number(view.getBigUint64(from)) : view[`getUint${8 * size}`](from);
    }

    // As many as were told beforehand, or until the break.
    function* each(info) {
      if (info !== 31) {
        for (let left = number(info); left > 0; left--) yield;
        return;
      }
      for (check(at < bytes.length); bytes[at] !== 0xff; check(at < bytes.length)) yield;
      at++;
    }

    function string(major, info) {
      const parts = [];
      if (info !== 31) parts.push(take(number(info)));
      else for (const _ of each(info)) {
        const [first] = take(1);
        check(first >> 5 === major && (first & 31) !== 31);
        parts.push(take(number(first & 31)));
      }
      const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      parts.reduce((to, part) => (whole.set(part, to), to + part.length), 0);
      if (major === 2) return whole;
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(whole);
      } catch {
        return check(false);
      }
    }

    function simple(info) {
      if (info >= 25 && info <= 27) return void take(2 ** (info - 24)); // a fraction: no ticket has one
      check(info < 25);
      const value = number(info);
      return value === 20 ? false : value === 21 ? true : null;
    }

    function item(depth) {
      check(depth <= DEEPEST);
      const [first] = take(1), major = first >> 5, info = first & 31;
      if (major === 0) return number(info);
      if (major === 1) return -1 - number(info);
      if (major === 2 || major === 3) return string(major, info);
      if (major === 4) {
        const list = [];
        for (const _ of each(info)) list.push(item(depth + 1));
        return list;
      }
      check(major !== 6);
      if (major === 7) return simple(info);
      const map = new Map();
      for (const _ of each(info)) {
        const key = item(depth + 1);
        check((typeof key === "string" || typeof key === "number") && !map.has(key));
        map.set(key, item(depth + 1));
      }
      return map;
    }

    const value = item(1);
    check(at === bytes.length);
    return value;
  }

  function map(value) {
    check(value instanceof Map);
    return value;
  }

  // The bytes that were signed: a CBOR array of the two, each with its shortest head.
  function signed(header, payload) {
    const head = ({ length }) => length < 24 ? [0x40 + length] : length < 256 ? [0x58, length]
      : [0x59, length >> 8, length & 255];
    return new Uint8Array([0x82, ...head(header), ...header, ...head(payload), ...payload]);
  }

  async function key(jwk) {
    const id = jwk.x + jwk.y;
    if (!KNOWN.has(id)) {
      const { kty, crv, x, y } = jwk;
      KNOWN.set(id, await crypto.subtle.importKey("jwk", { kty, crv, x, y },
        { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]));
    }
    return KNOWN.get(id);
  }

  async function opened(seen, issuers) {
    const outer = map(cbor(await inflated(seen)));
    check(cbor(outer.get("v")) === "1");
    const parts = cbor(outer.get("p"));
    check(Array.isArray(parts) && parts.length === 3 && parts.every((part) => part instanceof Uint8Array));
    const [header, payload] = [map(cbor(parts[0])), map(cbor(parts[1]))], issuer = header.get("iid");
    check(typeof issuer === "string");
    if (!Object.hasOwn(issuers, issuer))
      throw new Refused(/-prov$/.test(issuer) && Object.hasOwn(issuers, issuer.slice(0, -5)) ? "trial" : "unknown_issuer");
    check(header.get("alg") === "ES256" && !header.has("did"));
    const jwk = issuers[issuer].find(({ kid }) => kid === header.get("kid"));
    check(jwk, "unknown_key");
    check(parts[2].length === 64 && await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" },
      await key(jwk), parts[2], signed(parts[0], parts[1])), "signature");
    return tickets(header, payload.get(issuer));
  }

  function moment(stamp) {
    const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp);
    check(found);
    const [year, month, ...rest] = found.slice(1).map(Number);
    return Date.UTC(year, month - 1, ...rest);
  }

  function tickets(header, list) {
    check(list === undefined || Array.isArray(list));
    const begins = header.has("nbf") ? moment(header.get("nbf")) : -Infinity;
    const ends = header.has("exp") ? moment(header.get("exp")) : Infinity;
    return (list ?? []).map((ticket) => {
      const get = (name) => {
        const value = map(ticket).get(name);
        check(value !== undefined);
        return value;
      };
      const [about] = get("c_md"), drawn = ticket.get("p_drawn");
      return {
        number: String(map(about).get("tid")), product: String(get("p_prod")), area: String(get("p_area")),
        zones: [...get("p_zones")].map(String), category: String(get("p_cat")),
        from: Math.max(moment(get("p_from")), begins), until: Math.min(moment(get("p_to")), ends),
        drawn: drawn === undefined ? null : moment(drawn),
      };
    });
  }

  function judge(ticket, { blocked, rules }, { now, zone }) {
    const finding = Object.hasOwn(blocked, ticket.number) ? blocked[ticket.number]
      : now + rules.skew_seconds * 1000 < ticket.from ? "not_yet"
      : now >= ticket.until ? "ended"
      : zone && !ticket.zones.includes(zone) ? "other_zone" : "valid";
    const old = ticket.drawn !== null && now - ticket.drawn > rules.fresh_minutes * 60_000;
    return { finding, ticket, zone, doubts: old && finding === "valid" ? ["old_code"] : [] };
  }

  // What is said of any bytes: {finding, ticket, zone, doubts}. `trust` is what /kontroll/underlag holds.
  async function inspect(seen, trust, asked) {
    try {
      const verdicts = (await opened(seen, trust.issuers)).map((ticket) => judge(ticket, trust, asked));
      return verdicts.find(({ finding }) => finding === "valid") ?? verdicts[0] ?? { finding: "no_ticket", doubts: [] };
    } catch (error) {
      return { finding: error instanceof Refused ? error.finding : "no_ticket", doubts: [] };
    }
  }

  // The bytes that stand in a text as base64, of either alphabet; null when it is nothing of the kind.
  function fromText(text) {
    const letters = text.slice(0, 2 * MOST).replace(/\s/g, "").replace(/=+$/, "").replace(/-/g, "+").replace(/_/g, "/");
    try {
      return letters ? Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0)) : null;
    } catch {
      return null;
    }
  }

  return { inspect, fromText };
})();
