// How the search of a site behaves in Chromium: node search_page.mjs PLAN.json.
//
// The plan holds the browser and its flags, the address of the search page, queries, the factor by which the processor is
// slowed down, the width of the screen, and a folder for pictures ("" for none).  Results go to standard output as JSON:
// for each query, in a new browser context, what was listed, the loads, and milliseconds, cold and warm; and what was logged.
import { readFileSync } from 'node:fs'
import puppeteer from 'puppeteer'

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const browser = await puppeteer.launch({ executablePath: plan.browser, args: plan.flags, timeout: 60_000 })
const answers = []
const logged = []
const asked = new Set()

const search = query => new Promise(done => {
  const field = document.querySelector('input[type=search]')
  const list = document.querySelector('.search-results')
  const start = performance.now()
  const results = document.getElementById('results')
  const loads = [[], []]
  let listed
  const loader = new MutationObserver(records => {
    for (const { addedNodes } of records)
      for (const each of addedNodes) if (each.src) loads[listed === undefined ? 0 : 1].push(each.src)
  })
  loader.observe(document.head, { childList: true })
  const observer = new MutationObserver(() => {
    if (list.querySelector('a')) listed ??= performance.now() - start
  })
  observer.observe(list, { childList: true })
  list.replaceChildren()
  field.value = query
  field.form.requestSubmit()
  const wait = setInterval(() => {
    if (results.ariaBusy !== 'false') return
    clearInterval(wait)
    observer.disconnect()
    loader.disconnect()
    done({
      listed: listed ?? performance.now() - start,
      settled: performance.now() - start,
      status: document.querySelector('.search-status').textContent,
      loads,
      links: [...list.querySelectorAll('a')].map(each => each.getAttribute('href')),
      excerpts: [...list.querySelectorAll('.search-excerpt')].map(each => each.innerHTML),
    })
  }, 5)
})

for (const query of plan.queries) {
  const context = await browser.createBrowserContext()
  const page = await context.newPage()
  await page.setViewport({ width: plan.width, height: 740, deviceScaleFactor: 1 })
  page.on('console', each => logged.push(each.text()))
  page.on('pageerror', each => logged.push(String(each)))
  page.on('request', each => asked.add(each.url()))
  const session = await page.createCDPSession()
  await session.send('Emulation.setCPUThrottlingRate', { rate: plan.slower })
  await page.goto(plan.page)
  const cold = await page.evaluate(search, query)
  const warm = await page.evaluate(search, query)
  answers.push({ query, cold, warm })
  if (plan.pictures) await page.screenshot({ path: `${plan.pictures}/${answers.length}.png` })
  await context.close()
}
await browser.close()
process.stdout.write(JSON.stringify({ answers, logged, asked: [...asked] }))
