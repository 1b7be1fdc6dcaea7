// What the search of a site finds: node search.mjs FOLDER < PLAN prints what its queries find, and its texts as they are
// compared.  Both are JSON, the plan with lists of queries and texts.
//
// The page's own program runs here with as much of a browser as loads a script from the folder of the site.
import { readFileSync } from 'node:fs'
import vm from 'node:vm'

const folder = process.argv[2]
const home = 'https://site.example/a/path/'
const globals = {
  Blob, DecompressionStream, Response, TextDecoder, TextEncoder, URL, atob, console,
  document: {
    currentScript: { tagName: 'SCRIPT', src: `${home}search/engine.js` },
    createElement: () => ({ remove() {} }),
    head: {
      append(script) {
        try {
          vm.runInContext(readFileSync(script.src.replace(home, `${folder}/`), 'utf8'), context)
          queueMicrotask(() => script.onload())
        } catch (error) {
          queueMicrotask(() => script.onerror(error))
        }
      },
    },
    querySelector: () => null,
    getElementById: () => null,
  },
}
const context = vm.createContext(globals)
vm.runInContext(readFileSync(`${folder}/search/engine.js`, 'utf8'), context)
const plan = JSON.parse(readFileSync(0, 'utf8'))
const found = []
for (const query of plan.queries)
  found.push((await context.archiveSearch.all(query)).map(each => each.replace(home, '')))
process.stdout.write(JSON.stringify({ found, texts: plan.texts.map(text => context.archiveSearch.canonical(text).form) }))
