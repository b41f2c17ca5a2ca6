import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Options } from 'tsup'

/** Beside the package's node_modules, so that the bundle finds the native SQLite; ignored by git. */
export const BUILD_FOLDER = fileURLToPath(new URL('../dist/', import.meta.url))

/** A piece of a source file and what stands there instead: a bug that somebody could have made. */
export interface Patch {
  /** From the root of the repository. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

const root = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * Bundles the worker from the sources as they are, or from a copy with patches in it; the sources themselves are never touched.
 *
 * @param name - Of the bundle.
 * @returns Absolute path of the bundle.
 * @throws {Error} when a patch does not fit exactly once: then it would prove nothing.
 */
export async function buildWorker(name = 'worker', patches: readonly Patch[] = []): Promise<string> {
  const outDir = join(BUILD_FOLDER, `${name}-${process.pid}`)
  const applied = new Set<Patch>()
  await build({
    config: false,
    entry: { worker: fileURLToPath(new URL('./worker/main.ts', import.meta.url)) },
    outDir,
    format: ['cjs'],
    target: 'node20',
    splitting: false,
    silent: true,
    removeNodeProtocol: false,
    noExternal: [/.*/],
    external: ['libsql', 'pg-native'],
    esbuildOptions(options) {
      options.conditions = ['@tidegate/source', ...(options.conditions ?? [])]
      // Less to read at every start.
      options.minifyWhitespace = true
      options.minifySyntax = true
      options.define = { ...options.define, 'import.meta.url': '__url' }
    },
    esbuildPlugins: [patching(name, patches, applied)],
  })
  for (const patch of patches) if (!applied.has(patch)) throw new Error(`${name}: nobody reads ${patch.file}`)
  const file = readdirSync(outDir).find((each) => each.endsWith('js'))
  if (file === undefined) throw new Error(`nothing was built in ${outDir}`)
  const start = join(outDir, 'start.cjs')
  writeFileSync(start, startOf(file))
  return start
}

/**
 * Loads the bundle with the machine code of a process before it, if one has left it: most of what a start costs is compiling. The
 * worker is told how to leave it.
 */
function startOf(bundle: string): string {
  return `const { readFileSync, renameSync, writeFileSync } = require('node:fs')
const { Script } = require('node:vm')
const file = require('node:path').join(__dirname, ${JSON.stringify(bundle)})
const kept = file + '.code'
let cachedData
try { cachedData = readFileSync(kept) } catch {}
const source = '(function (exports, require, module, __filename, __dirname, __url) {' + readFileSync(file, 'utf8') + '\\n})'
const script = new Script(source, { filename: file, cachedData })
globalThis.keepCode = () => {
  writeFileSync(kept + process.pid, script.createCachedData())
  renameSync(kept + process.pid, kept)
}
const module_ = { exports: {} }
const url = require('node:url').pathToFileURL(file).href
script.runInThisContext()(module_.exports, require, module_, file, __dirname, url)
`
}

/** Removes what {@link buildWorker} has made in this process. */
export function removeBuilds(): void {
  for (const each of readdirSync(BUILD_FOLDER)) {
    if (each.endsWith(`-${process.pid}`)) rmSync(join(BUILD_FOLDER, each), { recursive: true, force: true })
  }
}

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

function patching(name: string, patches: readonly Patch[], applied: Set<Patch>): Plugin {
  return {
    name: 'patches',
    setup(bundler) {
      for (const file of new Set(patches.map((patch) => patch.file))) {
        const path = join(root, file)
        const filter = new RegExp(`${path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
        bundler.onLoad({ filter }, () => {
          let contents = readFileSync(path, 'utf8')
          for (const patch of patches.filter((each) => each.file === file)) {
            const places = contents.split(patch.find).length - 1
            if (places !== 1) throw new Error(`${name}: a patch of ${file} fits ${places} times: ${patch.find}`)
            contents = contents.replace(patch.find, () => patch.replace)
            applied.add(patch)
          }
          return { contents, loader: 'ts' }
        })
      }
    },
  }
}
