// How pages of a site behave in a browser: node site_pages.mjs PLAN.json.
//
// The plan holds the browser (`name` and `path`, with `flags`), `pages`: the addresses of pages, `scripts`: whether they may
// run, `judged`: whether axe-core judges each, light and dark, on a phone and on a desktop, `also`: markup that is put into
// each page when it is there, and `wait`: the milliseconds that it then has.  Results go to standard output as JSON: what each
// page shows, what the browser refused, logged and asked for, and the rules that axe-core found broken.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import puppeteer from 'puppeteer'

const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const axe = plan.judged
  ? readFileSync(createRequire(import.meta.url).resolve('@daisy/axe-core-for-ace/axe.min.js'), 'utf8') : ''
const browser = await puppeteer.launch({
  browser: plan.name, executablePath: plan.path, args: plan.flags, timeout: 60_000,
  // Puppeteer's own profile lets files load modules and more, which hides what a reader meets.
  extraPrefsFirefox: { 'security.fileuri.strict_origin_policy': true, 'javascript.enabled': plan.scripts },
})
const seen = [], logged = [], asked = new Set(), broken = []

function shown() {
  const skip = document.querySelector('a.skip'), form = document.querySelector('form[role=search]')
  return {
    heading: document.querySelector('h1')?.textContent ?? '',
    links: [...document.querySelectorAll('main a[href]')].map(each => each.href),
    styled: getComputedStyle(skip).position === 'absolute',
    search: form ? getComputedStyle(form).display !== 'none' : null,
    pictures: [...document.images].map(each => each.complete && each.naturalWidth > 0),
    sideways: document.documentElement.scrollWidth > window.innerWidth,
  }
}

async function judge(address) {
  for (const width of [360, 1280]) for (const value of ['light', 'dark']) {
    const page = await browser.newPage()
    await page.setViewport({ width, height: 800 })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }])
    await page.setBypassCSP(true) // for axe-core itself
    await page.goto(address)
    await page.evaluate(axe)
    const { violations } = await page.evaluate(() => window.axe.run())
    broken.push(...violations.map(({ id, nodes }) => [address, value, width, id, nodes.map(({ html }) => html)]))
    if (await page.evaluate(shown).then(each => each.sideways)) broken.push([address, value, width, 'sideways', []])
    await page.close()
  }
}

for (const address of plan.pages) {
  const page = await browser.newPage()
  if (!plan.scripts && plan.name === 'chrome') await page.setJavaScriptEnabled(false)
  page.on('console', each => logged.push(each.text()))
  page.on('pageerror', each => logged.push(String(each)))
  page.on('request', each => asked.add(each.url()))
  if (plan.scripts) await page.evaluateOnNewDocument(() => {
    window.refused = []
    addEventListener('securitypolicyviolation', each => window.refused.push(each.blockedURI || each.violatedDirective))
  })
  await page.setViewport({ width: 360, height: 740 })
  await page.goto(address)
  const refused = plan.scripts ? await page.evaluate(async ({ also, wait }) => {
    document.body.insertAdjacentHTML('beforeend', also)
    for (const old of document.querySelectorAll('.planted script')) {
      const script = document.createElement('script') // that of the markup would not run
      for (const { name, value } of old.attributes) script.setAttribute(name, value)
      script.textContent = old.textContent
      old.replaceWith(script)
    }
    await new Promise(done => setTimeout(done, wait))
    return window.refused
  }, plan) : []
  seen.push({ address, refused, ...(await page.evaluate(shown)) })
  await page.close()
  if (plan.judged) await judge(address)
}
await browser.close()
process.stdout.write(JSON.stringify({ seen, logged, asked: [...asked], broken }))
