// Bundles simulator and products from their sources into one file; with a mutant, with one place of the product changed.
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')

/**
 * @param options.mutant - One of mutants.mjs; each text it changes must occur exactly once in its file.
 * @param options.mapped - With a source map, for a person who reads stacks: it takes half a second more to start.
 * @returns Path of the bundle.
 * @throws when the mutant no longer applies.
 */
export async function bundleSimulator({ mutant, mapped = false, folder = join(here, 'dist') } = {}) {
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, mutant ? `sim-${mutant.name}.mjs` : 'sim.mjs')
  const changed = mutant ? applyMutant(mutant) : new Map()
  const met = new Set()
  const plugin = {
    name: 'mutant',
    setup(setup) {
      setup.onLoad({ filter: /\.ts$/ }, (args) => {
        const file = relative(root, args.path).split(sep).join('/')
        const contents = changed.get(file)
        if (contents === undefined) return undefined
        met.add(file)
        return { contents, loader: 'ts' }
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
    sourcemap: mapped ? 'inline' : false,
    logLevel: 'silent',
    plugins: [plugin],
  })
  for (const file of changed.keys()) {
    if (!met.has(file))
      throw new Error(`mutant ${mutant.name} no longer applies: ${file} is not part of the simulation`)
  }
  return outfile
}

/** @returns The changed sources by file. */
function applyMutant({ name, edits }) {
  const changed = new Map()
  for (const { file, find, replace } of edits) {
    const source = changed.get(file) ?? readFileSync(join(root, file), 'utf8')
    const found = source.split(find).length - 1
    if (found !== 1) {
      throw new Error(
        `mutant ${name} no longer applies: ${JSON.stringify(find.slice(0, 60))} occurs ${found} times in ${file}`,
      )
    }
    changed.set(
      file,
      source.replace(find, () => replace),
    )
  }
  return changed
}
