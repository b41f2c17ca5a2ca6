#!/usr/bin/env node
import module from 'node:module'
import { keepStdoutForProtocol } from './keep-stdout-for-protocol.js'

// Before anything else is loaded: one stray line on stdout breaks every host.
keepStdoutForProtocol()
// From Node 22.1 on, compiled code is kept between starts; the types are those of Node 20.
;(module as { enableCompileCache?: () => unknown }).enableCompileCache?.()

import('./serve.js')
  .then(({ serve }) => serve(process.argv.slice(2)))
  .then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`tidegate: ${error instanceof Error ? error.message : String(error)}\n`)
      process.exit(2)
    },
  )
