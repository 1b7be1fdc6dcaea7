// The field of the search on each page, and the results on the page that has room for them.  engine.js finds them.
//
// A page has `<input type="search">` in a form that leads to the page of results; the form is `hidden`, for
// readers without this program.  An element with the id `results` takes the results; its `data-` attributes hold the
// words that are shown: found, most, none, searching, failed, old, more.
"use strict";
(() => {
  const FIRST = 3; // results that fill the screen of a phone
  const PAGE = 10; // results at a time
  const MOST_CHECKED = 60; // articles whose texts are read for these
  const MOST_TOKENS = 6; // tokens of a word that the index is asked for
  const BEFORE = 24, AFTER = 72; // characters around a word in an excerpt
  const script = document.currentScript; // an element of this name would take its place, and lead elsewhere
  if (script.tagName !== "SCRIPT") return;
  const home = new URL(".", script.src).href;
  const field = document.querySelector("input[type=search]");
  const results = document.getElementById("results");
  if (!field?.form) return;
  field.form.hidden = false;

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

  function excerpt(element, read, wanted) { // the places where each word occurs first, three at the most
    const { text } = read;
    const marks = places(read, wanted);
    const firsts = wanted.map(word => places(read, [word])[0]).filter(Boolean).sort(([one], [other]) => one - other);
    const edge = at => at - /[\udc00-\udfff]/.test(text[at] ?? ""); // never inside a character
    let done = 0, pieces = 0;
    for (const [from] of firsts.length ? firsts : [[0]]) {
      if (pieces && (from < done || pieces > 2)) continue;
      const start = edge(Math.max(done, from - BEFORE));
      if (start > done || (start && !pieces)) element.append("…");
      done = edge(Math.min(text.length, from + AFTER));
      marked(element, text, marks, start, done);
      pieces++;
    }
    if (done < text.length) element.append("…");
  }

  // --- results ---

  const element = (name, className, textContent = "") =>
    Object.assign(document.createElement(name), { className, textContent });
  const status = element("p", "search-status");
  const list = element("ol", "search-results");
  let turn = 0;

  let loading;
  const engine = () => loading ??= new Promise((settle, fail) => {
    if (typeof archiveSearch !== "undefined") return settle(); // the page of results loads it at once
    const script = document.createElement("script");
    script.onload = settle;
    script.onerror = () => fail(loading = undefined);
    script.src = `${home}engine.js`;
    document.head.append(script);
  });

  function say(name, count = "") { // in the words of the page
    status.textContent = name && results.dataset[name].replace("{}", count);
  }

  async function busy(work) { // does what is asked, unless something else is asked meanwhile
    const mine = ++turn;
    results.ariaBusy = true;
    try {
      await work(() => mine !== turn);
    } catch {
      if (mine !== turn) return;
      list.replaceChildren();
      say(typeof DecompressionStream === "undefined" ? "old" : "failed");
    }
    if (mine === turn) results.ariaBusy = false;
  }

  const show = query => busy(async stale => {
    if (!query.trim()) {
      list.replaceChildren();
      return say("");
    }
    if (!list.childElementCount) say("searching");
    await engine();
    const found = await archiveSearch.candidates(query);
    if (!stale()) await page({ ...found, query, shown: 0, at: 0, wrong: 0 }, stale, true);
  });

  async function page(found, stale, fresh = false) { // shows the next results, each when those before it are there
    const goal = fresh ? FIRST : Math.max(found.shown + 1, PAGE * Math.ceil((found.shown + 1) / PAGE));
    const last = found.at + MOST_CHECKED;
    while (found.shown < goal && found.at < Math.min(last, found.hits.length)) {
      const batch = found.hits.slice(found.at, Math.min(found.at + goal - found.shown, last));
      const checks = batch.map(article => archiveSearch.read(article, found));
      const wrong = found.wrong;
      for (const check of checks) check.catch(() => {}); // the loop below waits for each
      for (const check of checks) {
        const hit = await check;
        if (stale()) return;
        if (fresh) list.replaceChildren(); // not before, so that the page does not flicker
        fresh = false;
        found.at++;
        found[hit.right ? "shown" : "wrong"]++;
        if (hit.right) list.append(item(hit, found.wanted));
      }
      if (found.wrong > wrong && !found.finer) await refine(found);
    }
    if (stale()) return;
    if (fresh) list.replaceChildren();
    count(found);
    if (found.at < found.hits.length) list.append(further(found));
  }

  async function refine(found) { // asks more of the index, where characters were not side by side
    found.finer = true;
    const { hits } = await archiveSearch.candidates(found.query, MOST_TOKENS);
    const left = new Set(hits);
    found.hits = found.hits.filter((article, at) => at < found.at || left.has(article));
  }

  function count({ exact, hits, at, wrong }) {
    const left = hits.length - wrong;
    say(left ? (exact || at === hits.length ? "found" : "most") : "none", left.toLocaleString());
  }

  function item(hit, wanted) {
    const [whole, link] = [element("li", ""), element("a", "")];
    link.href = hit.href;
    const words = element("p", "search-excerpt");
    link.dir = words.dir = "auto";
    marked(link, hit.title, places(archiveSearch.canonical(hit.title), wanted));
    if (hit.read.text) excerpt(words, hit.read, wanted);
    whole.append(link, element("p", "search-facts", [hit.date, hit.channel].filter(Boolean).join(" · ")), words);
    return whole;
  }

  function further(found) {
    const whole = element("li", "search-more");
    const button = element("button", "", results.dataset.more);
    const follow = async () => {
      seen.disconnect();
      const before = whole.previousElementSibling, focused = whole.contains(document.activeElement);
      whole.remove();
      await busy(stale => page(found, stale));
      if (focused) (before ? before.nextElementSibling : list.firstElementChild)?.querySelector("a, button")?.focus();
    };
    button.onclick = follow;
    const seen = new IntersectionObserver(entries => entries.at(-1).isIntersecting && follow());
    if (found.shown < PAGE) seen.observe(whole); // the first page is whole when its end is seen
    whole.append(button);
    return whole;
  }

  // --- keys and addresses ---

  let delay;
  // A query is behind the # of an address, which no browser sends to a server.
  const asked = () => new URLSearchParams(location.hash.slice(1)).get("q") ?? "";
  const address = query => field.form.action.split("#")[0] + (query && `#q=${encodeURIComponent(query)}`);
  const here = new URL(field.form.action).pathname === location.pathname; // on the page of results

  field.form.addEventListener("submit", event => {
    event.preventDefault();
    if (!here || !results) return location.assign(address(field.value));
    clearTimeout(delay);
    if (field.value !== asked()) history.pushState(null, "", address(field.value));
    show(field.value);
  });

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

  function update(query) { // shows results while somebody types
    field.value = query;
    clearTimeout(delay);
    if (here) history.replaceState(null, "", address(query));
    show(query);
  }

  status.setAttribute("role", "status");
  status.setAttribute("aria-live", "polite");
  results.append(status, list);
  field.addEventListener("focus", () => engine().catch(() => {}), { once: true });
  field.addEventListener("input", event => {
    clearTimeout(delay);
    if (!event.isComposing) delay = setTimeout(() => update(field.value), 150);
  });
  field.addEventListener("compositionend", () => field.dispatchEvent(new Event("input")));
  const arrive = () => {
    if (!here || (location.hash && !location.hash.startsWith("#q="))) return; // a link leads to a part of the page
    field.value = asked();
    show(field.value);
  };
  addEventListener("popstate", arrive);
  arrive();
})();
