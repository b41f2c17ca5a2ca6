#!/usr/bin/env node
import { CommanderError } from 'commander'
import { EXIT, exitCodeOfError } from './exit-code.js'
import { createOutput } from './output.js'
import { createProgram } from './program.js'

// Whoever reads us may have read enough (`| head`): the command still ends as it would have.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

try {
  await createProgram().parseAsync(process.argv)
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage
  } else {
    createOutput(process.argv.includes('--json')).error(error)
    process.exitCode = exitCodeOfError(error)
  }
}
// Everything a command opened is closed by now; a forgotten handle must not keep a script waiting.
process.exit(process.exitCode ?? EXIT.ok)
