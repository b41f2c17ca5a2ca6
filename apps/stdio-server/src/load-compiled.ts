// An import of these would fill in every export they have, and with that load half of Node before the first answer.
const { existsSync, readFileSync } = process.getBuiltinModule('node:fs')
const { createRequire } = process.getBuiltinModule('node:module')
const { Script } = process.getBuiltinModule('node:vm')

/** Where the machine code of a file lies, if the build made it for this very engine: another engine looks for another name. */
export function codeCacheOf(file: string): string {
  return `${file}.${process.versions.v8}-${process.platform}-${process.arch}.cache`
}

/**
 * Runs a CommonJS file with the code that the build compiled for it, or compiles it now.
 *
 * The compiled code lies beside the file and is as trustworthy as the file; its name has the file's content hash in it, so
 * that the two cannot belong to different builds. V8 refuses code of other flags, and then it is compiled as well.
 *
 * @returns What the file exports.
 */
export function loadCompiled<T>(file: string): T {
  const cache = codeCacheOf(file)
  // Without it plain loading, which Node 22 and later remember between starts.
  if (!existsSync(cache)) return createRequire(file)(file) as T
  return run<T>(compile(file, readFileSync(cache)), file)
}

/**
 * Runs a file and hands out what V8 compiled of it by the time it is asked: functions that never ran are not in it.
 */
export function loadAndRecord<T>(file: string): { readonly exports: T; readonly code: () => Buffer } {
  const script = compile(file)
  return { exports: run<T>(script, file), code: () => script.createCachedData() }
}

function compile(file: string, cachedData?: Buffer): import('node:vm').Script {
  const source = `(function (exports, require, module, __filename) {${readFileSync(file, 'utf8')}\n})`
  return new Script(source, { filename: file, ...(cachedData ? { cachedData } : {}) })
}

function run<T>(script: import('node:vm').Script, file: string): T {
  const module = { exports: {} as T }
  const body = script.runInThisContext() as (
    exports: T,
    require: NodeJS.Require,
    module: { exports: T },
    filename: string,
  ) => void
  body(module.exports, createRequire(file), module, file)
  return module.exports
}
