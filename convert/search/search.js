// The field of the search on each page, and the results on the page that has room for them.  engine.js finds them.
//
// A page has `<input type="search" name="q">` in a form that leads to the page of results; the form is `hidden`, for
// readers without this program.  An element with the id `results` takes the results; its `data-` attributes hold the
// words that are shown: found, most, none, searching, failed, old, more.
"use strict";
(() => {
  const PAGE = 10; // results at a time
  const MOST_CHECKED = 60; // articles whose texts are read for these
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
    if (!stale()) await page({ ...found, shown: 0, at: 0, wrong: 0 }, stale, true);
  });

  async function page(found, stale, fresh) { // shows the next results: their titles at once, then their texts
    const goal = found.shown + PAGE, last = found.at + MOST_CHECKED;
    while (found.shown < goal && found.at < Math.min(last, found.hits.length)) {
      const batch = found.hits.slice(found.at, Math.min(found.at + goal - found.shown, last));
      await Promise.all(batch.map(hit => archiveSearch.titled(hit, found)));
      if (stale()) return;
      const items = batch.map(hit => item(hit, found.wanted));
      if (fresh) list.replaceChildren(); // not before, so that the page does not flicker
      fresh = false;
      list.append(...items);
      found.at += batch.length;
      found.shown += batch.length;
      count(found);
      await Promise.all(batch.map(async (hit, at) => {
        if (hit.exact && !found.about.full) return;
        const right = await archiveSearch.checked(hit, found);
        if (stale()) return;
        if (right || hit.exact) return hit.read && excerpt(items[at].lastChild, hit.read, found.wanted);
        items[at].remove();
        found.wrong++;
        found.shown--;
      }));
      if (stale()) return;
    }
    if (fresh) list.replaceChildren();
    count(found);
    if (found.at < found.hits.length) list.append(further(found));
  }

  function count({ hits, at, wrong }) {
    const left = hits.length - wrong;
    say(left ? (hits[0].exact || at === hits.length ? "found" : "most") : "none", left.toLocaleString());
  }

  function item(hit, wanted) {
    const [whole, link] = [element("li", ""), element("a", "")];
    link.href = hit.href;
    const excerpt = element("p", "search-excerpt");
    link.dir = excerpt.dir = "auto";
    marked(link, hit.title, places(archiveSearch.canonical(hit.title), wanted));
    whole.append(link, element("p", "search-facts", [hit.date, hit.channel].filter(Boolean).join(" · ")), excerpt);
    return whole;
  }

  function further(found) {
    const whole = element("li", "search-more");
    const button = element("button", "", results.dataset.more);
    button.onclick = async () => {
      const before = whole.previousElementSibling;
      whole.remove();
      await busy(stale => page(found, stale, false));
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

  const here = new URL(field.form.action).pathname === location.pathname; // on the page of results
  let delay;
  function update(query) { // shows results while somebody types
    field.value = query;
    clearTimeout(delay);
    if (here) history.replaceState(null, "", address(query));
    show(query);
  }

  status.setAttribute("role", "status");
  status.setAttribute("aria-live", "polite");
  results.append(status, list);
  field.addEventListener("focus", () => engine().then(() => archiveSearch.ready()).catch(() => {}), { once: true });
  field.addEventListener("input", event => {
    clearTimeout(delay);
    if (!event.isComposing) delay = setTimeout(() => update(field.value), 150);
  });
  field.addEventListener("compositionend", () => field.dispatchEvent(new Event("input")));
  field.form.addEventListener("submit", event => {
    if (!here) return; // the form leads there
    event.preventDefault();
    clearTimeout(delay);
    if (field.value !== asked()) history.pushState(null, "", address(field.value));
    show(field.value);
  });
  const arrive = () => {
    if (!here) return;
    field.value = asked();
    show(field.value);
  };
  addEventListener("popstate", arrive);
  arrive();
})();
