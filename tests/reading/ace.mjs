// Ace by DAISY on one book: node ace.mjs BOOK.epub.  Its report, as JSON, goes to standard output.
import ace from '@daisy/ace-core'
import runner from '@daisy/ace-axe-runner-puppeteer'

await ace(process.argv[2], { cwd: process.cwd(), initLogger: true, silent: true, doNotReportMedia: true }, runner)
