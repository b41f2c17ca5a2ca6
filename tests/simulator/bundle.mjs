// Bundles simulator and products from their sources into one file; with a mutant, with one place of the product changed.
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')

/**
 * @param options.mutant - `{ name, file, find, replace }`; `find` must occur exactly once in `file` (from the root).
 * @returns Path of the bundle.
 */
export async function bundleSimulator({ mutant, folder = join(here, 'dist') } = {}) {
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, mutant ? `sim-${mutant.name}.mjs` : 'sim.mjs')
  let applied = 0
  const plugin = {
    name: 'mutant',
    setup(setup) {
      setup.onLoad({ filter: /\.ts$/ }, (args) => {
        const file = relative(root, args.path).split(sep).join('/')
        if (file !== mutant.file) return undefined
        const source = readFileSync(args.path, 'utf8')
        const found = source.split(mutant.find).length - 1
        if (found !== 1) {
          return {
            errors: [{ text: `mutant ${mutant.name} no longer applies: its text occurs ${found} times in ${file}` }],
          }
        }
        applied++
        return { contents: source.replace(mutant.find, () => mutant.replace), loader: 'ts' }
      })
    },
  }
  await build({
    entryPoints: [join(here, 'src', 'sim-main.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@tidegate/source'],
    external: ['libsql', 'better-sqlite3', 'pg', 'pg-native'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: mutant ? [plugin] : [],
  })
  if (mutant && applied === 0)
    throw new Error(`mutant ${mutant.name} no longer applies: ${mutant.file} is not part of the simulation`)
  return outfile
}
