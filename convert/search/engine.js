// The search in the articles of this site, also from a folder on a disk: shards of the index are loaded as scripts, and
// nothing else is.  Their form is in convert/search/; docs/search.md explains it.  search.js shows the results.
"use strict";
(() => {
  const VERSION = 2;
  const SCATTER = 0x9e3779b1; // of convert/search/tokens.py
  const RARE = 2, SPARE_BITS = 1; // of convert/search/shards.py
  const LONGEST = 64; // characters of a word that count
  const CJK = // of convert/search/folding.py
    "[\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3005-\\u3007\\u3041-\\u312f\\u31a0-\\u31bf\\u31f0-\\u31ff"
    + "\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua000-\\ua48f\\uac00-\\ud7a3\\u{20000}-\\u{3ffff}]";
  const script = document.currentScript; // an element of this name would take its place, and lead elsewhere
  if (script.tagName !== "SCRIPT") return;
  const home = new URL(".", script.src).href;
  const root = new URL("..", home).href;

  // --- shards ---

  const shards = new Map();

  function shard(name) { // what is known of a shard, and the promise that it comes
    if (!shards.has(name)) {
      const made = {};
      made.promise = new Promise((settle, fail) => Object.assign(made, { settle, fail }));
      shards.set(name, made);
    }
    return shards.get(name);
  }
  const about = shard("about").promise; // it is at the end of this file

  function load(name) {
    if (!shards.has(name)) {
      const waiting = shard(name);
      const script = document.createElement("script");
      script.onload = script.onerror = () => {
        script.remove();
        if (waiting.come) return;
        shards.delete(name); // the next search tries again
        waiting.fail(new Error(name));
      };
      script.src = `${home}${name}.js`;
      document.head.append(script);
    }
    return shards.get(name).promise;
  }

  globalThis.archiveSearch = (name, ...data) => {
    const waiting = shards.get(name);
    if (!waiting) return;
    waiting.come = true;
    waiting.settle(KINDS[name.split("/")[0]](...data));
  };

  const KINDS = {
    about: async data => {
      const known = await json(data);
      if (known.version !== VERSION) throw new Error("version");
      const characters = [...known.fold];
      for (let at = 0; at < characters.length; at += 2) simplified.set(characters[at], characters[at + 1]);
      return { ...known, fileOf: known.files.flatMap((count, file) => Array(count).fill(file)) };
    },
    index: text => ({ text }),
    articles: async (facts, first, texts) => ({ facts: await json(facts), first, texts, read: [] }),
  };

  async function inflated(data) { // the text of Base64 of a deflated one
    const packed = Uint8Array.from(atob(data), each => each.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new TextDecoder().decode(await new Response(stream).arrayBuffer());
  }

  const json = async data => JSON.parse(await inflated(data));

  // --- bits: convert/search/postings.py has their codes ---

  const digits = new Uint8Array(128); // of a number in base 91
  for (let code = 0x21, digit = 0; code < 0x7f; code++)
    if (!'"<\\'.includes(String.fromCharCode(code))) digits[code] = digit++;

  const length = number => 32 - Math.clz32(number);

  function reader(text) {
    const bits = new Uint8Array((text.length >> 1) * 13);
    for (let at = 0, end = 0; end < bits.length; at += 2) {
      const number = digits[text.charCodeAt(at)] * 91 + digits[text.charCodeAt(at + 1)];
      for (let bit = 12; bit >= 0; bit--) bits[end++] = (number >> bit) & 1;
    }
    let at = 0;
    const ones = () => {
      const start = at;
      while (bits[at]) at++;
      return at++ - start;
    };
    const fixed = size => {
      let number = 0;
      while (size--) number = number * 2 + (bits[at++] || 0);
      return number;
    };
    return {
      fixed,
      gamma: () => {
        const size = ones();
        return 2 ** size + fixed(size);
      },
      *rice(total, count) { // distances; those behind the end of a shard that was cut short are left out
        const parameter = Math.max(0, length(Math.floor((total * 3) / (count * 4))) - 1);
        while (count-- && at < bits.length) yield ones() * 2 ** parameter + fixed(parameter) + 1;
      },
      weight: () => (fixed(1) ? 2 + fixed(1) : 1), // one that is not the least
    };
  }

  function parsed(text, articles, span) { // a shard of the index: the postings of each token, by its hash
    const { fixed, gamma, rice, weight } = reader(text);
    const kinds = [0, 1].map(() => {
      const found = new Map(), sizes = [];
      let number = -1;
      for (const distance of rice(2 ** span, gamma() - 1)) sizes.push([(number += distance), gamma() + RARE]);
      for (const [token, size] of sizes) found.set(token, postings(size));
      return found;
    });
    function postings(size) {
      const found = [];
      let article = -1, place = -1;
      for (const distance of rice(articles, size)) found.push((article += distance));
      const weights = new Uint8Array(found.length);
      for (const distance of rice(size, gamma() - 1)) weights[(place += distance)] = weight();
      return [found, weights];
    }
    const rare = new Map(), count = gamma() - 1, short = Math.min(span, length(count) + SPARE_BITS);
    let number = 0;
    for (const distance of rice(2 ** short + count, count)) {
      number += distance - 1;
      if (!rare.has(number)) rare.set(number, [[], []]);
      const [found, weights] = rare.get(number);
      found.push(fixed(length(articles)));
      weights.push(fixed(1) && weight());
    }
    return (number, kind) => kinds[kind].get(number) ?? rare.get(number >>> (span - short)) ?? [[], []];
  }

  async function lookup(token, { articles, bits }) { // of each article, the weight of a token from 1 on, or 0
    const packed = token.length < 3 && !/[\ud800-\udfff]/.test(token);
    const hash = packed ? scattered(token) : crc32(new TextEncoder().encode(token));
    const span = 32 - bits, name = hash >>> span;
    const shard = await load(`index/${name.toString(16)}`);
    shard.look ??= parsed(shard.text, articles, span);
    const found = new Uint8Array(articles), [places, weights] = shard.look(hash - name * 2 ** span, packed ? 0 : 1);
    for (const at of places.keys()) found[places[at]] = Math.max(found[places[at]], weights[at] + 1);
    return found;
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

  function fold(character) { // pairs of a folded character and its kind, "" for a separator
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
      const runs = form.split(" ").filter(Boolean).map(run => ({ run, characters: [...run], cjk: IN_CJK.test(run) }));
      const tokens = runs.flatMap(({ run, characters, cjk }, at) => {
        const [before, after] = [runs[at - 1], runs[at + 1]];
        if (cjk && characters.length > 1) return characters.slice(1).map((each, place) => characters[place] + each);
        if (cjk) return [before, after].some(beside => beside && !beside.cjk) ? [] : [run];
        const word = characters.slice(0, LONGEST).join("");
        const beside = [before?.cjk && before.characters.at(-1) + word, after?.cjk && word + after.characters[0]];
        return beside.some(Boolean) ? beside.filter(Boolean) : [word];
      });
      const exact = tokens.length === 1 && form.length <= LONGEST;
      if (tokens.length) found.push({ form, tokens: [...new Set(tokens)], without: Boolean(minus), exact });
    }
    return found;
  }

  // --- search ---

  function spread(list, most) { // some items, as far apart as they can be, the first and the last among them
    const step = (list.length - 1) / (most - 1);
    return list.length <= most ? list : Array.from({ length: most }, (_, at) => list[Math.round(at * step)]);
  }

  async function candidates(query, most = 2) { // all articles that have so many tokens of each word, best first
    const known = await about;
    const wanted = words(query);
    const lists = await Promise.all(wanted.map(async word => {
      const [found, ...others] = await Promise.all(spread(word.tokens, most).map(token => lookup(token, known)));
      for (const other of others)
        for (const article of found.keys()) found[article] = Math.min(found[article], other[article]);
      return { word, found };
    }));
    const positive = lists.filter(({ word }) => !word.without);
    const banned = lists.filter(({ word }) => word.without && word.exact);
    const ranks = []; // words in the title, then weights, then the number, which is the higher the newer
    for (let article = 0; positive.length && article < known.articles; article++) {
      let score = 0;
      for (const { found } of positive) {
        const weight = found[article];
        score += weight ? weight + (weight > 3) * 1000 : -Infinity;
      }
      if (score > 0 && !banned.some(({ found }) => found[article])) ranks.push(score * known.articles + article);
    }
    const hits = Array.from(Float64Array.from(ranks).sort().reverse(), rank => rank % known.articles);
    return { about: known, wanted, exact: wanted.every(word => word.exact), hits };
  }

  async function read(article, { about: { fileOf }, wanted }) { // what a result shows; `right` if it has each word
    const { facts, first, texts, read } = await load(`articles/${fileOf[article]}`);
    const at = article - first;
    const [href, title, date, channel] = facts[at];
    if (!read[at]) {
      const text = texts[at] && (await inflated(texts[at]));
      read[at] = { text, ...canonical(text) };
    }
    const forms = [canonical(title).form, read[at].form];
    const right = wanted.every(({ form, without }) => forms.some(each => each.includes(form)) !== without);
    return { href: root + href, title, date, channel, read: read[at], right };
  }

  archiveSearch.all = async query => { // the addresses of all articles that a query finds, for programs
    const found = await candidates(query);
    const hits = [];
    for (const article of found.hits) hits.push(await read(article, found));
    return hits.filter(({ right }) => right).map(({ href }) => href);
  };
  Object.assign(archiveSearch, { canonical, candidates, read });
})();
