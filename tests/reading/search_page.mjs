// How the search of a site behaves in a browser: node search_page.mjs PLAN.json.
//
// The plan holds the browser (`name` and `path`, with `flags`), `sites`: the addresses of a site, from a disk or a server,
// `queries`, `slower`: the factor by which the processor is slowed down, `width` of the screen, a `page` of an article and a
// word in it, and a folder for `pictures` ("" for none).  Results go to standard output as JSON: for each site what each query
// lists, cold (in a page that was just opened) and warm, and a journey by keys.
import { readFileSync } from 'node:fs'
import puppeteer from 'puppeteer'

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const browser = await puppeteer.launch({
  browser: plan.name, executablePath: plan.path, args: plan.flags, timeout: 60_000,
  // Puppeteer's own profile lets files load modules and more, which hides what a reader meets.
  extraPrefsFirefox: { 'security.fileuri.strict_origin_policy': true },
})
const logged = []
const asked = new Set()

async function opened(address, slower = 1) {
  const page = await browser.newPage()
  await page.setViewport({ width: plan.width, height: 740, deviceScaleFactor: 1 })
  page.on('console', each => logged.push(each.text()))
  page.on('pageerror', each => logged.push(String(each)))
  page.on('request', each => asked.add(each.url()))
  if (slower > 1) {
    const session = await page.createCDPSession()
    await session.send('Emulation.setCPUThrottlingRate', { rate: slower })
    await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  }
  await page.goto(address)
  return page
}

const search = query => new Promise(done => {
  const field = document.querySelector('input[type=search]')
  const results = document.getElementById('results')
  const list = document.querySelector('.search-results')
  const loads = []
  const start = performance.now()
  let listed, first
  new MutationObserver(records => {
    for (const { addedNodes } of records) for (const each of addedNodes) if (each.src) loads.push(each.src)
  }).observe(document.head, { childList: true })
  list.replaceChildren()
  new MutationObserver(() => {
    if (list.querySelector('a')) listed ??= performance.now() - start
  }).observe(list, { childList: true })
  field.value = query
  field.form.requestSubmit()
  const wait = setInterval(() => {
    if (results.ariaBusy !== 'false') return
    first ??= loads.length
    const links = list.querySelectorAll('a').length, more = list.querySelector('.search-more')
    if (more && links < 10) return more.scrollIntoView() // then the others of the first page follow
    clearInterval(wait)
    done({
      listed: listed ?? performance.now() - start,
      settled: performance.now() - start,
      loads,
      first,
      status: document.querySelector('.search-status').textContent,
      links: [...list.querySelectorAll('a')].map(each => each.getAttribute('href')),
      titles: [...list.querySelectorAll('a')].map(each => each.textContent),
      excerpts: [...list.querySelectorAll('.search-excerpt')].map(each => each.textContent),
      marks: [...list.querySelectorAll('mark')].map(each => each.textContent),
      elements: [...new Set([...results.querySelectorAll('*')].map(each => each.localName))].sort(),
    })
  }, 5)
})

// Until a page says so, also if it is another page by then.
async function until(page, condition, argument) {
  for (let left = 300; left; left--) {
    if (await page.evaluate(condition, argument).catch(() => false)) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`not in time: ${condition}`)
}
const settled = (page, file) => until(page, file => document.readyState === 'complete' && location.pathname.endsWith(file)
  && document.getElementById('results').ariaBusy === 'false', file)
const whole = page => until(page, () => { // all results are there, which come when somebody sees the end of the list
  const more = document.querySelector('.search-more')
  more?.scrollIntoView()
  return !more && document.getElementById('results').ariaBusy === 'false'
})
const focused = page => page.evaluate(() => document.activeElement.textContent || document.activeElement.localName)
const seen = page => whole(page).then(() => page.evaluate(() => ({
  address: location.href,
  value: document.querySelector('input[type=search]').value,
  links: document.querySelectorAll('#results a').length,
})))

async function journey(site) { // a reader who uses keys alone
  const page = await opened(site + plan.page)
  const steps = {}
  await page.keyboard.press('/')
  steps.slash = await focused(page)
  await page.keyboard.type(plan.word)
  await until(page, () => document.querySelector('#results a') !== null)
  steps.typed = await seen(page)
  await page.keyboard.press('Enter')
  await settled(page, '/search.html')
  steps.entered = await seen(page)
  await page.focus('input[type=search]')
  await page.keyboard.press('ArrowDown')
  steps.down = await focused(page)
  await page.keyboard.press('ArrowUp')
  steps.up = await focused(page)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await until(page, () => document.readyState === 'complete' && !location.pathname.endsWith('/search.html'))
  steps.opened = await page.evaluate(() => [document.title, location.href])
  await page.evaluate(() => history.back()).catch(() => {})
  await settled(page, '/search.html')
  steps.back = await seen(page)
  await page.focus('input[type=search]')
  await page.keyboard.press('Escape')
  await settled(page, '/search.html')
  steps.escaped = await seen(page)
  await page.close()
  return steps
}

const answers = []
for (const site of plan.sites) {
  const queries = []
  for (const query of plan.queries) {
    const page = await opened(`${site}search.html`, plan.slower)
    await page.waitForSelector('.search-results')
    queries.push({ query, cold: await page.evaluate(search, query), warm: await page.evaluate(search, query) })
    if (plan.pictures) await page.screenshot({ path: `${plan.pictures}/${queries.length}.png` })
    await page.close()
  }
  answers.push({ site, queries, journey: plan.page ? await journey(site) : null })
}
await browser.close()
process.stdout.write(JSON.stringify({ answers, logged, asked: [...asked] }))
