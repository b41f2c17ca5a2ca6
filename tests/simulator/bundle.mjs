// Bundles simulator and products from their sources into one file; with a mutant, with one place of the product changed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { context } from 'esbuild'
import { mutants } from './mutants.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')

/** One bundle. @see openBundler */
export async function bundleSimulator({ mutant, ...options } = {}) {
  const bundler = await openBundler(options)
  try {
    return await bundler.bundle(mutant)
  } finally {
    await bundler.close()
  }
}

/**
 * Bundles again and again: what did not change is read once, so each mutant after the first takes a quarter of a second.
 *
 * @param options.mapped - With a source map, for a person who reads stacks: it takes half a second more to start.
 * @returns `bundle(mutant?)`: the path of a bundle; throws when the mutant no longer applies. `clean()`: that without one, made once.
 */
export async function openBundler({ mapped = false, folder = join(here, 'dist') } = {}) {
  mkdirSync(folder, { recursive: true })
  const touched = new Set(mutants.flatMap(({ edits }) => edits.map(({ file }) => file)))
  let changed = new Map()
  let met = new Set()
  const plugin = {
    name: 'mutant',
    setup(setup) {
      const names = [...touched].map((file) => file.slice(file.lastIndexOf('/') + 1).replaceAll('.', '\\.'))
      setup.onLoad({ filter: new RegExp(`/(?:${[...new Set(names)].join('|')})$`) }, (args) => {
        const file = relative(root, args.path).split(sep).join('/')
        const contents = changed.get(file)
        if (contents === undefined) return undefined
        met.add(file)
        return { contents, loader: 'ts' }
      })
    },
  }
  const build = await context({
    entryPoints: [join(here, 'src', 'sim-main.ts')],
    outfile: join(folder, 'sim.mjs'),
    write: false,
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
  let last = Promise.resolve()

  async function bundle(mutant) {
    changed = mutant ? applyMutant(mutant) : new Map()
    met = new Set()
    const { outputFiles } = await build.rebuild()
    for (const file of changed.keys()) {
      if (!met.has(file))
        throw new Error(`mutant ${mutant.name} no longer applies: ${file} is not part of the simulation`)
    }
    const outfile = join(folder, mutant ? `sim-${mutant.name}.mjs` : 'sim.mjs')
    writeFileSync(outfile, outputFiles[0].contents)
    return outfile
  }

  let clean

  return {
    clean() {
      clean ??= this.bundle()
      return clean
    },
    bundle(mutant) {
      const next = last.catch(() => {}).then(() => bundle(mutant))
      last = next
      return next
    },
    close: () => build.dispose(),
  }
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
