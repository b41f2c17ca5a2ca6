// Builds each page into one HTML file: script and style inlined, and a policy that allows these two texts and nothing else.
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Largest page, bytes; the charting library is most of it. */
const MAX_BYTES = { candles: 200_000, 'order-ticket': 30_000 }
const pages = [
  { name: 'candles', title: 'Candles', folder: 'candles' },
  { name: 'order-ticket', title: 'Order ticket', folder: 'ticket' },
]
const here = new URL('./', import.meta.url)
// `--out FOLDER` builds elsewhere: tests look at what they built, not at what lies around.
const { values } = parseArgs({ options: { out: { type: 'string' } } })
const out = values.out === undefined ? new URL('dist/pages/', here) : pathToFileURL(`${values.out}/`)

const textOf = (files, ending) => files.find(({ path }) => path.endsWith(ending)).text
const hashOf = (text) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
for (const page of pages) {
  const html = await onePage(page)
  const bytes = Buffer.byteLength(html)
  writeFileSync(new URL(`${page.name}.html`, out), html)
  process.stdout.write(`${page.name}.html ${bytes} bytes, ${gzipSync(html).length} gzipped\n`)
  if (bytes > MAX_BYTES[page.name]) throw new Error(`${page.name}.html is larger than ${MAX_BYTES[page.name]} bytes`)
}

/** @param {{ name: string, title: string, folder: string }} page */
async function onePage({ title, folder }) {
  const { outputFiles } = await build({
    absWorkingDir: new URL('.', here).pathname,
    entryPoints: [`src/${folder}/main.ts`, `src/${folder}/page.css`],
    bundle: true,
    write: false,
    outdir: 'dist',
    format: 'iife',
    target: ['chrome120', 'safari17.5', 'firefox122'],
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
  })
  const script = textOf(outputFiles, '.js').replaceAll('</script', '<\\/script').trim()
  const style = textOf(outputFiles, '.css').trim()
  // No eval, no handler attributes, no markup made from text: `trusted-types 'none'` makes the browser refuse that, too.
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>Tidegate: ${title}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<main id="page" aria-label="${title}"></main>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}
