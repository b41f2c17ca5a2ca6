#!/usr/bin/env node
import { BaseError } from '@tidegate/trading-model'
import { serve } from './serve.js'

serve().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${BaseError.isInstance(error) ? error.message : String(error)}\n`)
    process.exit(BaseError.isInstance(error) && error.code.startsWith('ERR_CONFIG') ? 2 : 1)
  },
)
