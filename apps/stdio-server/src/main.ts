#!/usr/bin/env node
import { keepStdoutForProtocol } from './keep-stdout-for-protocol.js'
import { serve } from './serve.js'

// Before anything else is loaded: one stray line on stdout breaks every host.
keepStdoutForProtocol()
serve(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`tidegate: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(2)
  },
)
