// axe-core on one page: node axe.mjs PAGE.html.  The rules that it breaks, as JSON, go to standard output.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import puppeteer from 'puppeteer'

const axe = readFileSync(createRequire(import.meta.url).resolve('@daisy/axe-core-for-ace/axe.min.js'), 'utf8')
const browser = await puppeteer.launch({ args: ['--no-sandbox', '--disable-gpu'] })
try {
  const page = await browser.newPage()
  await page.setBypassCSP(true)  // the page permits no scripts
  await page.goto(pathToFileURL(process.argv[2]).href)
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run())
  console.log(JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])))
} finally {
  await browser.close()
}
