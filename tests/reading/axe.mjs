// axe-core on one page, light and dark: node axe.mjs PAGE.html.  The rules that it breaks, and whether it scrolls sideways
// at 320 pixels, go to standard output as JSON.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import puppeteer from 'puppeteer'

const axe = readFileSync(createRequire(import.meta.url).resolve('@daisy/axe-core-for-ace/axe.min.js'), 'utf8')
const browser = await puppeteer.launch({ args: ['--no-sandbox', '--disable-gpu'] })
try {
  const found = []
  for (const value of ['light', 'dark']) {
    const page = await browser.newPage()
    await page.setViewport({ width: 360, height: 800 })
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }])
    await page.setBypassCSP(true)  // the page permits no scripts
    await page.goto(pathToFileURL(process.argv[2]).href)
    await page.evaluate(axe)
    const { violations } = await page.evaluate(() => window.axe.run())
    found.push(...violations.map(({ id, nodes }) => [value, id, nodes.map(({ html }) => html)]))
    await page.setViewport({ width: 320, height: 800 })
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    if (width > 320) found.push([value, 'scrolls sideways', [`${width}`]])
  }
  console.log(JSON.stringify(found))
} finally {
  await browser.close()
}
