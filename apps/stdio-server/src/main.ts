#!/usr/bin/env node
import { keepStdoutForProtocol } from './keep-stdout-for-protocol.js'
import { loadCompiled } from './load-compiled.js'

/** Name of the file beside this one that holds `serve.ts` with all it needs for the first answer; the build fills it in. */
declare const SERVE_FILE: string

// Before anything else is loaded: one stray line on stdout breaks every host.
keepStdoutForProtocol()
// From Node 22.1 on, compiled code is kept between starts; the types are those of Node 20. Never in the shared folder for
// temporary files, which is the default: whoever writes there first would choose what we run.
// Not imported, for the reason that load-compiled.ts gives.
const module = process.getBuiltinModule('node:module') as { enableCompileCache?: (folder: string) => unknown }
module.enableCompileCache?.(
  `${process.env['XDG_CACHE_HOME'] || `${process.getBuiltinModule('node:os').homedir()}/.cache`}/tidegate`,
)

const { serve } = loadCompiled<typeof import('./serve.js')>(`${import.meta.dirname}/${SERVE_FILE}`)
serve(process.argv.slice(2), () => import('./gateway.js')).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`tidegate: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(2)
  },
)
