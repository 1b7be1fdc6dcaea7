// Search in the articles of this site, also from a folder on a disk: shards of the index are loaded as scripts, and
// nothing else is.  The form of the shards is in convert/search/; docs/search.md explains it.
"use strict";
(() => {
  const VERSION = 1;
  const SCATTER = 0x9e3779b1; // of convert/search/tokens.py
  const LONGEST = 64; // characters of a word that count
  const PAGE = 10; // results at a time
  const MOST_CHECKED = 60; // articles whose texts are read for these
  const BEFORE = 24, AFTER = 72; // characters around a word in an excerpt
  const CJK = "[\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3005-\\u3007\\u3041-\\u312f\\u31a0-\\u31bf\\u31f0-\\u31ff"
    + "\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua000-\\ua48f\\uac00-\\ud7a3\\u{20000}-\\u{3ffff}]";
  const home = new URL(".", document.currentScript.src).href;
  const root = new URL("..", home).href;

  // --- shards ---

  const shards = new Map();

  function load(name) {
    if (!shards.has(name)) {
      const shard = {};
      shards.set(name, shard);
      shard.promise = new Promise((settle, fail) => {
        const element = document.createElement("script");
        const end = error => {
          element.remove();
          if (error) shards.delete(name); // the next search tries again
          if (error) fail(new Error(name));
        };
        shard.settle = settle;
        element.onload = () => end(!shard.come);
        element.onerror = () => end(true);
        element.src = `${home}${name}.js`;
        document.head.append(element);
      });
    }
    return shards.get(name).promise;
  }

  globalThis.archiveSearch = (name, data, about) => {
    const shard = shards.get(name);
    if (!shard) return;
    shard.come = true;
    shard.settle(KINDS[name.split("/")[0]](data, about));
  };

  const KINDS = {
    about: async (data, deflated) => {
      const about = await json(data, deflated);
      if (about.version !== VERSION) throw new Error("version");
      const characters = [...about.fold];
      for (let at = 0; at < characters.length; at += 2) simplified.set(characters[at], characters[at + 1]);
      return about;
    },
    index: async (data, deflated) => parsed(await unpacked(data, deflated)),
    titles: json,
    texts: (data, first) => ({ data, first }),
  };

  async function unpacked(data, deflated) {
    const packed = Uint8Array.from(atob(data), each => each.charCodeAt(0));
    if (!deflated) return packed;
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  const decoded = array => new TextDecoder().decode(array);

  async function json(data, deflated) {
    return JSON.parse(decoded(await unpacked(data, deflated)));
  }

  function reader(data) { // of numbers in the variable length of LEB128, and of bytes between them
    let at = 0;
    return {
      more: () => at < data.length,
      take: length => data.subarray(at, (at += length)),
      next: () => {
        let number = 0;
        for (let scale = 1; ; scale *= 128) {
          const byte = data[at++];
          number += (byte & 127) * scale;
          if (byte < 128) return number;
        }
      },
    };
  }

  function parsed(data) { // a shard of the index: the postings of each token, as bytes
    const { next, take } = reader(data);
    const lengths = [], found = new Map();
    let number = 0;
    for (let left = next(); left; left--) lengths.push([number += next(), next()]);
    const words = decoded(take(next()));
    for (const word of words ? words.split("\n") : []) lengths.push([word, next()]);
    for (const [token, length] of lengths) found.set(token, take(length));
    return found;
  }

  async function lookup(token, bits) { // the postings of a token: a map of articles to weights
    const packed = token.length < 3 && !/[\ud800-\udfff]/.test(token);
    const hash = packed ? scattered(token) : crc32(new TextEncoder().encode(token));
    const shard = hash >>> (32 - bits);
    const data = (await load(`index/${shard.toString(16)}`)).get(packed ? hash - shard * 2 ** (32 - bits) : token);
    const postings = new Map();
    const { more, next } = reader(data ?? []);
    for (let article = 0; more(); ) {
      const value = next();
      article += value >>> 2;
      postings.set(article, value & 3);
    }
    return postings;
  }

  function scattered(token) {
    const units = [...token].map(each => each.charCodeAt(0));
    return Math.imul(units.length > 1 ? (units[0] << 16) | units[1] : units[0], SCATTER) >>> 0;
  }

  function crc32(data) {
    let rest = -1;
    for (const byte of data) {
      rest ^= byte;
      for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
    }
    return ~rest >>> 0;
  }

  // --- text ---

  const simplified = new Map();
  const folded = new Map();
  const DROPPED = /[\u0300-\u036f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;
  const LETTER = /[\p{L}\p{N}\p{M}]/u;
  const IN_CJK = new RegExp(CJK, "u");

  function fold(character) { // as convert/search/folding.py: pairs of a folded character and its kind, "" for a separator
    let found = folded.get(character);
    if (!found) {
      const plain = /\p{Cf}/u.test(character)
        ? ""
        : character.normalize("NFKD").toLowerCase().replace(DROPPED, "").normalize("NFC");
      found = [...plain].map(each => {
        const simple = (simplified.get(each) ?? each).replace("ς", "σ");
        return LETTER.test(simple) ? [simple, IN_CJK.test(simple) ? "cjk" : "word"] : [" ", ""];
      });
      folded.set(character, found);
    }
    return found;
  }

  function canonical(text) { // folded, with a space at both sides of each word; `from` and `to`: the place of each unit
    const units = [" "], from = [0], to = [0];
    let before = "", at = 0;
    const push = (unit, start, end) => {
      units.push(unit);
      from.push(start);
      to.push(end);
    };
    for (const character of text) {
      const end = at + character.length;
      for (const [unit, kind] of fold(character)) {
        if (before !== kind && units.at(-1) !== " ") push(" ", at, at);
        if (kind) for (let each = 0; each < unit.length; each++) push(unit[each], at, end);
        before = kind;
      }
      at = end;
    }
    if (units.at(-1) !== " ") push(" ", at, at);
    return { form: units.join(""), from, to };
  }

  function words(query) { // the words and phrases of a query
    const found = [];
    for (const [, minus, phrase, word] of query.matchAll(
      /([-－−]?)(?:["“”„«「『]([^"“”„»」』]*)["“”„»」』]?|([^\s"“”„«「『]+))/gu,
    )) {
      const form = canonical(phrase ?? word).form.replace(new RegExp(`^ (?=${CJK})|(?<=${CJK}) $`, "gu"), "");
      const tokens = form.split(" ").filter(Boolean).flatMap(run => {
        const characters = [...run];
        if (!IN_CJK.test(run)) return [characters.slice(0, LONGEST).join("")];
        return characters.length === 1 ? [run] : characters.slice(1).map((each, at) => characters[at] + each);
      });
      const exact = tokens.length === 1 && form.length <= LONGEST;
      if (tokens.length) found.push({ form, tokens: [...new Set(tokens)], without: Boolean(minus), exact });
    }
    return found;
  }

  // --- search ---

  const spread = (list, most) => // some items, as far apart as they can be, the first and the last among them
    list.length <= most ? list : Array.from({ length: most }, (_, at) => list[Math.round((at * (list.length - 1)) / (most - 1))]);

  async function candidates(query) { // all articles that have the tokens of a query, best first
    if (!query.trim()) return { hits: [], empty: true };
    const about = await load("about");
    const wanted = words(query);
    const most = wanted.length > 1 ? 2 : 4; // shards for a word: the text of an article decides
    const lists = await Promise.all(wanted.map(async word => {
      const postings = await Promise.all(spread(word.tokens, most).map(token => lookup(token, about.bits)));
      const [least, ...others] = postings.sort((one, other) => one.size - other.size);
      const found = new Map();
      for (const [article, weight] of least)
        if (others.every(other => other.has(article)))
          found.set(article, Math.min(weight, ...others.map(other => other.get(article))));
      return { word, found };
    }));
    const [first, ...others] = lists.filter(({ word }) => !word.without).sort((one, other) => one.found.size - other.found.size);
    const banned = lists.filter(({ word }) => word.without);
    const exact = wanted.every(word => word.exact);
    const hits = [];
    for (const article of first?.found.keys() ?? []) {
      if (!others.every(({ found }) => found.has(article))) continue;
      if (banned.some(({ word, found }) => word.exact && found.has(article))) continue;
      const weights = [first, ...others].map(({ found }) => found.get(article));
      const titles = weights.filter(weight => weight === 3).length;
      hits.push({ article, exact, score: titles * 1000 + weights.reduce((sum, each) => sum + each) });
    }
    hits.sort((one, other) => other.score - one.score || other.article - one.article);
    return { about, wanted, hits };
  }

  async function titled(hit, { block }) { // the facts about an article that a result shows
    const titles = await load(`titles/${Math.floor(hit.article / block)}`);
    const at = hit.article % block;
    const [href, title, date, file] = ["href", "title", "date", "file"].map(name => titles[name][at]);
    return Object.assign(hit, { href: root + href, title, date, file, channel: titles.channels[titles.channel[at]] });
  }

  async function checked(hit, { about, wanted }) { // true if an article has each word literally; its text is read for that
    const title = canonical(hit.title).form;
    let text = " ";
    if (about.full) {
      const { data, first } = await load(`texts/${hit.file}`);
      hit.text = data[hit.article - first] ? decoded(await unpacked(data[hit.article - first], true)) : "";
      hit.canonical = canonical(hit.text);
      text = hit.canonical.form;
    }
    return wanted.every(({ form, without }) => (title.includes(form) || text.includes(form)) !== without);
  }

  archiveSearch.canonical = text => canonical(text).form;
  archiveSearch.all = async query => { // the addresses of all articles that a query finds, for programs
    const found = await candidates(query);
    const hits = [];
    for (const hit of found.hits) {
      await titled(hit, found.about);
      if (hit.exact || (await checked(hit, found))) hits.push(hit.href);
    }
    return hits;
  };

  // --- page ---

  function places({ form, from, to }, wanted) { // where words are in a text: starts and ends, in order
    const found = [];
    for (const { form: word, without } of wanted) {
      const [start, end] = [word.startsWith(" ") ? 1 : 0, word.length - (word.endsWith(" ") ? 1 : 0)];
      for (let at = without ? -1 : form.indexOf(word); at >= 0; at = form.indexOf(word, at + 1))
        found.push([from[at + start], to[at + end - 1]]);
    }
    return found.sort(([one], [other]) => one - other);
  }

  function marked(element, text, marks, start = 0, end = text.length) { // appends a part of a text with its marks
    let at = start;
    for (const [from, to] of marks) {
      if (from < at || to > end) continue;
      const mark = document.createElement("mark");
      mark.textContent = text.slice(from, to);
      element.append(text.slice(at, from), mark);
      at = to;
    }
    element.append(text.slice(at, end));
  }

  function excerpt(element, { text, canonical: form }, wanted) {
    const marks = places(form, wanted);
    const firsts = wanted.map(word => places(form, [word])[0]).filter(Boolean).sort(([one], [other]) => one - other);
    let done = 0, pieces = 0;
    for (const [from] of firsts.length ? firsts : [[0]]) {
      if (pieces && (from < done || pieces > 2)) continue;
      const start = edge(text, Math.max(done, from - BEFORE)), end = edge(text, Math.min(text.length, from + AFTER));
      if (start) element.append("…");
      marked(element, text, marks, start, end);
      done = end;
      pieces++;
    }
    if (done < text.length) element.append("…");
  }

  const edge = (text, at) => (/[\udc00-\udfff]/.test(text[at] ?? "") ? at - 1 : at); // never inside a character

  const field = document.querySelector("input[type=search]");
  const results = document.getElementById("results");
  if (!field) return;
  for (const element of document.querySelectorAll("[data-search][hidden]")) element.hidden = false;

  const element = (name, kind, text = "") => Object.assign(document.createElement(name), { className: kind, textContent: text });
  const say = (name, count = "") => { status.textContent = name && results.dataset[name].replace("{}", count); };
  const status = element("p", "search-status");
  const list = element("ol", "search-results");
  let turn = 0;

  async function show(query) {
    const mine = ++turn;
    results.ariaBusy = true;
    try {
      if (!list.childElementCount) say("searching");
      const found = await candidates(query);
      if (mine !== turn) return;
      await page({ ...found, shown: 0, at: 0, wrong: 0, stale: () => mine !== turn }, true);
    } catch (error) {
      if (mine !== turn) return;
      list.replaceChildren();
      say(typeof DecompressionStream === "undefined" ? "old" : "failed");
    }
    if (mine === turn) results.ariaBusy = false;
  }

  async function page(found, fresh) { // shows the next results: their titles at once, then their texts
    const goal = found.shown + PAGE, last = found.at + MOST_CHECKED;
    while (found.shown < goal && found.at < Math.min(last, found.hits.length)) {
      const batch = found.hits.slice(found.at, Math.min(found.at + goal - found.shown, last));
      await Promise.all(batch.map(hit => titled(hit, found.about)));
      if (found.stale()) return;
      const items = batch.map(hit => item(hit, found.wanted));
      if (fresh) list.replaceChildren(); // not before, so that the page does not flicker
      fresh = false;
      list.append(...items);
      found.at += batch.length;
      found.shown += batch.length;
      count(found);
      await Promise.all(batch.map(async (hit, at) => {
        if (hit.exact && !found.about.full) return;
        const right = await checked(hit, found);
        if (found.stale()) return;
        if (right || hit.exact) return hit.text && excerpt(items[at].lastChild, hit, found.wanted);
        items[at].remove();
        found.wrong++;
        found.shown--;
      }));
      if (found.stale()) return;
    }
    if (fresh) list.replaceChildren();
    count(found);
    if (found.at < found.hits.length) list.append(further(found));
  }

  function count({ hits, at, wrong, empty }) {
    const left = hits.length - wrong;
    say(empty ? "" : left ? (hits[0].exact || at === hits.length ? "found" : "most") : "none", left.toLocaleString());
  }

  function item(hit, wanted) {
    const [whole, link] = [element("li", ""), element("a", "")];
    link.href = hit.href;
    const excerpt = element("p", "search-excerpt");
    link.dir = excerpt.dir = "auto";
    marked(link, hit.title, places(canonical(hit.title), wanted));
    whole.append(link, element("p", "search-facts", [hit.date, hit.channel].filter(Boolean).join(" · ")), excerpt);
    return whole;
  }

  function further(found) {
    const whole = element("li", "search-more");
    const button = element("button", "", results.dataset.more);
    button.onclick = async () => {
      const before = whole.previousElementSibling;
      whole.remove();
      await page(found, false);
      (before ? before.nextElementSibling : list.firstElementChild)?.querySelector("a, button")?.focus();
    };
    whole.append(button);
    return whole;
  }

  // --- keys and addresses ---

  const asked = () => new URLSearchParams(location.search).get("q") ?? "";
  const address = query => `${location.pathname}${query ? `?q=${encodeURIComponent(query)}` : ""}`;

  document.addEventListener("keydown", event => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (results && (event.target === field || results.contains(event.target))) {
      const stops = [field, ...list.querySelectorAll("a, button")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        stops[Math.min(stops.length - 1, Math.max(0, stops.indexOf(event.target) + step))].focus();
      } else if (event.key === "Escape") {
        if (event.target === field) update("");
        field.focus();
      }
    }
  });
  if (!results) return;

  let delay;
  function update(query) { // shows results while somebody types
    field.value = query;
    clearTimeout(delay);
    history.replaceState(null, "", address(query));
    show(query);
  }

  status.setAttribute("role", "status");
  status.setAttribute("aria-live", "polite");
  results.append(status, list);
  field.addEventListener("focus", () => load("about").catch(() => {}), { once: true }); // while the query is being typed
  field.addEventListener("input", event => {
    clearTimeout(delay);
    if (!event.isComposing) delay = setTimeout(() => update(field.value), 150);
  });
  field.addEventListener("compositionend", () => field.dispatchEvent(new Event("input")));
  field.form?.addEventListener("submit", event => {
    if (new URL(field.form.action).pathname !== location.pathname) return;
    event.preventDefault();
    clearTimeout(delay);
    if (field.value !== asked()) history.pushState(null, "", address(field.value));
    show(field.value);
  });
  const arrive = () => {
    field.value = asked();
    show(field.value);
  };
  addEventListener("popstate", arrive);
  arrive();
})();
