import { InputError } from '@tidegate/trading-model'
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
 * Reads a script written in JSON.
 *
 * @throws {InputError} when it is no JSON, or says something that no fault can do.
 */
export function readFaultScript(json: string): readonly Fault[] {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new InputError([
      { field: 'faults', problem: 'is not valid JSON', fix: `${fix}; YAML: npx @tidegate/cli paper` },
    ])
  }
  return checkFaultScript(value)
}
