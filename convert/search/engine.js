// The search in the articles of this site, also from a folder on a disk: shards of the index are loaded as scripts, and
// nothing else is.  Their form is in convert/search/; docs/search.md explains it.  search.js shows the results.
"use strict";
(() => {
  const VERSION = 1;
  const SCATTER = 0x9e3779b1; // of convert/search/tokens.py
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

  function load(name) {
    if (!shards.has(name)) {
      const shard = {};
      shards.set(name, shard);
      shard.promise = new Promise((settle, fail) => {
        shard.settle = settle;
        const script = document.createElement("script");
        script.onload = script.onerror = () => {
          script.remove();
          if (shard.come) return;
          shards.delete(name); // the next search tries again
          fail(new Error(name));
        };
        script.src = `${home}${name}.js`;
        document.head.append(script);
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
    texts: (data, first) => ({ data, first, read: [] }),
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
          if (!(byte > 127)) return number; // also behind the end of a shard that was cut short
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

  function spread(list, most) { // some items, as far apart as they can be, the first and the last among them
    const step = (list.length - 1) / (most - 1);
    return list.length <= most ? list : Array.from({ length: most }, (_, at) => list[Math.round(at * step)]);
  }

  async function candidates(query) { // all articles that have the tokens of a query, best first
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
    const positive = lists.filter(({ word }) => !word.without);
    const [first, ...others] = positive.sort((one, other) => one.found.size - other.found.size);
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

  async function titled(hit, { about: { block } }) { // the facts about an article that a result shows
    const titles = await load(`titles/${Math.floor(hit.article / block)}`);
    const at = hit.article % block;
    const [href, title, date, file] = ["href", "title", "date", "file"].map(name => titles[name][at]);
    return Object.assign(hit, { href: root + href, title, date, file, channel: titles.channels[titles.channel[at]] });
  }

  async function checked(hit, { about, wanted }) { // true if an article has each word literally
    const title = canonical(hit.title).form;
    let text = " ";
    if (about.full) {
      const { data, first, read } = await load(`texts/${hit.file}`);
      const at = hit.article - first;
      if (!read[at]) {
        const found = data[at] ? decoded(await unpacked(data[at], true)) : "";
        read[at] = { text: found, ...canonical(found) };
      }
      hit.read = read[at];
      text = hit.read.form;
    }
    return wanted.every(({ form, without }) => (title.includes(form) || text.includes(form)) !== without);
  }

  archiveSearch.all = async query => { // the addresses of all articles that a query finds, for programs
    const found = await candidates(query);
    const hits = [];
    for (const hit of found.hits) {
      await titled(hit, found);
      if (hit.exact || (await checked(hit, found))) hits.push(hit.href);
    }
    return hits;
  };
  Object.assign(archiveSearch, { canonical, candidates, checked, ready: () => load("about"), titled });
})();
