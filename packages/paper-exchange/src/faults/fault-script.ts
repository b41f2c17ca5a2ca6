import { InputError } from '@tidegate/trading-model'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { type Fault, faultSchema } from './fault.js'

const fix = 'See the table of faults in the README of @tidegate/paper-exchange'
const scriptSchema = z.strictObject({ faults: z.array(faultSchema).max(10_000) })

/**
 * Checks a script that was read from YAML or JSON: `{ "faults": [{ "at": 5000, "channel": "user", "kind": "duplicate-event" }] }`.
 *
 * @throws {InputError} naming the place and what is wrong there.
 */
export function checkFaultScript(value: unknown): readonly Fault[] {
  const read = scriptSchema.safeParse(value)
  if (read.success) return read.data.faults
  throw new InputError(
    read.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'faults', problem: message, fix })),
  )
}

/**
 * Reads a script; YAML, of which JSON is a part.
 *
 * @throws {InputError} when it is no YAML, or says something that no fault can do.
 */
export function readFaultScript(text: string): readonly Fault[] {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true })
  const [problem] = document.errors
  if (problem) {
    const line = problem.message.split('\n')[0] ?? ''
    throw new InputError([{ field: 'faults', problem: `is not valid YAML: ${line}`, fix: 'Correct the line' }])
  }
  return checkFaultScript(document.toJS({ maxAliasCount: 20 }))
}
