// A reader of the book, by foliate-js in a browser: node read.mjs PLAN.json.  What came of it goes to standard output.
//
// The plan holds the address of the reader with the book, Chromium's flags, and what to do: over how many pages of the
// spine to turn, and which entries of the contents, links and references to notes to follow (Link in test_reading.py).
import { readFileSync } from 'node:fs'
import puppeteer from 'puppeteer'

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const seen = { contents: [], links: [], notes: [], forwards: [], backwards: [], requests: [], errors: [] }
const browser = await puppeteer.launch({ args: plan.flags, timeout: 60_000 })
const page = await browser.newPage()
await page.setBypassCSP(true) // that of the reader would hold back what the book asks for
page.on('request', request => seen.requests.push(request.url()))
page.on('pageerror', error => seen.errors.push(String(error)))
page.on('console', message => message.type() === 'error' && seen.errors.push(message.text()))

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

await page.goto(plan.reader)
await page.waitForFunction('globalThis.reader?.view?.lastLocation?.range')
await page.evaluate(() => {
  const { view } = globalThis.reader
  const { sections } = view.book
  const path = section => decodeURIComponent(section.id)
  const paths = new WeakMap() // of the documents on the screen
  const note = ({ index, doc }) => paths.set(doc, path(sections[index]))
  view.renderer.getContents().forEach(note)
  view.addEventListener('load', event => note(event.detail))

  const screen = () => view.lastLocation.range.startContainer.getRootNode()
  globalThis.place = () => paths.get(screen())
  globalThis.visit = to => { view.goTo(sections.findIndex(section => path(section) === to)) }
  globalThis.anchor = href => [...screen().querySelectorAll('a')].find(a => a.getAttribute('href') === href)
  // The words at a place, as soon as it is on the screen.
  globalThis.shown = (to, fragment) => {
    if (globalThis.place() !== to) return null
    const doc = screen()
    const target = fragment ? doc.getElementById(fragment) : doc.querySelector('h1, h2') ?? doc.body
    return target && view.lastLocation.range.intersectsNode(target) && { text: target.textContent }
  }
})

// The words at the place to which a link leads; null when that does not come onto the screen.
const arrive = async ({ to, fragment }) => {
  const shown = page.waitForFunction((...place) => globalThis.shown(...place), { timeout: 10_000 }, to, fragment)
  return shown.then(handle => handle.jsonValue(), () => null)
}
const start = async ({ page: from }) => {
  await page.evaluate(from => globalThis.visit(from), from)
  await page.waitForFunction(from => globalThis.place() === from, { timeout: 10_000 }, from)
}

const turn = async (key, count) => {
  const places = [await page.evaluate('place()')]
  for (let turns = 0; places.length < count && turns < 40 * count; turns++) {
    await page.keyboard.press(key)
    await pause(150) // the reader ignores keys while it turns a page, which takes it 100 ms
    const place = await page.evaluate('place()')
    if (place !== places.at(-1)) places.push(place)
  }
  await pause(1000)
  return places
}
seen.forwards = await turn('ArrowRight', plan.turns)
seen.backwards = await turn('ArrowLeft', plan.turns)

for (const [number, entry] of plan.contents.entries()) {
  await page.evaluate(number => document.querySelectorAll('#toc-view a')[number].click(), number)
  seen.contents.push(await arrive(entry))
}
for (const link of plan.links) {
  await start(link)
  await page.evaluate(href => globalThis.anchor(href).click(), link.href)
  seen.links.push(await arrive(link))
}
for (const note of plan.notes) {
  await start(note)
  seen.notes.push(await page.evaluate(async href => {
    const { FootnoteHandler } = await import('./footnotes.js')
    const { view } = globalThis.reader
    const handler = new FootnoteHandler()
    handler.addEventListener('before-render', event => document.body.append(event.detail.view))
    const rendered = new Promise(resolve => handler.addEventListener('render', event => resolve(event.detail)))
    view.addEventListener('link', event => handler.handle(view.book, event), { once: true })
    globalThis.anchor(href).click()
    const { type, view: popup } = await rendered
    await new Promise(resolve => popup.addEventListener('relocate', resolve, { once: true }))
    return { type, text: popup.renderer.getContents()[0].doc.body.textContent }
  }, note.href))
}
await browser.close()
process.stdout.write(JSON.stringify(seen))
