// How soon a reader sees the first page of a book, by foliate-js in a browser: node first_page.mjs PLAN.json.
//
// Then the reader takes two steps to a month: an entry of the contents, and a link on the page to which it leads.  The
// plan holds the address of the reader with the book, Chromium's flags, the width of the screen, the entry, the link
// ("" to look no further), and a folder for pictures of the screen.  Milliseconds go to standard output as JSON: those on
// the clock, and `processor`, those that the page took of the processor, which a busy machine does not change.
import { readFileSync } from 'node:fs'
import puppeteer from 'puppeteer'

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const browser = await puppeteer.launch({ args: plan.flags, timeout: 60_000 })
const page = await browser.newPage()
await page.setViewport({ width: plan.width, height: Math.round(plan.width * 1.8), deviceScaleFactor: 1 })
await page.setBypassCSP(true)

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))
const taken = async work => {
  const start = performance.now()
  await work()
  return Math.round(performance.now() - start)
}
// foliate-js does not hear a click while it lays a page out.
const settle = async name => {
  await pause(600)
  if (plan.pictures) await page.screenshot({ path: `${plan.pictures}/${name}.png` })
}

const session = await page.createCDPSession()
await session.send('Performance.enable')
const processor = async () => {
  const { metrics } = await session.send('Performance.getMetrics')
  return Math.round(1000 * metrics.find(each => each.name === 'ProcessTime').value)
}

const seen = {}
seen.first = await taken(async () => {
  await page.goto(plan.reader)
  await page.waitForFunction('globalThis.reader?.view?.lastLocation?.range', { timeout: 120_000 })
})
seen.processor = await processor()
await settle('first')
seen.lines = await page.evaluate("document.querySelectorAll('#toc-view a').length")
if (plan.link) {
  await page.evaluate(() => {
    const { view } = globalThis.reader
    const screen = () => view.lastLocation.range.startContainer.getRootNode()
    globalThis.link = href => [...screen().querySelectorAll('a')].find(a => a.getAttribute('href') === href)
    globalThis.heading = () => screen().querySelector('h1')?.textContent
  })
  const before = await page.evaluate('globalThis.heading()')
  seen.entry = await taken(async () => {
    await page.evaluate(n => document.querySelectorAll('#toc-view a')[n].click(), plan.entry)
    await page.waitForFunction(href => globalThis.link(href), { timeout: 60_000 }, plan.link)
  })
  await settle('entry')
  const there = await page.evaluate('globalThis.heading()')
  seen.month = await taken(async () => {
    await page.evaluate(href => globalThis.link(href).click(), plan.link)
    await page.waitForFunction(was => globalThis.heading() && globalThis.heading() !== was, { timeout: 60_000 }, there)
  })
  seen.headings = [before, there, await page.evaluate('globalThis.heading()')]
  await settle('month')
}
await browser.close()
process.stdout.write(JSON.stringify(seen))
