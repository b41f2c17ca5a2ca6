import { checkFaultScript, type Fault } from '@tidegate/paper-exchange'
import { InputError } from '@tidegate/trading-model'
import { parseDocument } from 'yaml'

/**
 * Reads a script of faults; YAML, of which JSON is a part.
 *
 * @throws {InputError} when it is no YAML or says what no fault can do.
 */
export function readFaultScriptFile(text: string): readonly Fault[] {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true })
  const [problem] = document.errors
  if (problem) {
    const line = problem.message.split('\n')[0] ?? ''
    throw new InputError([{ field: 'faults', problem: `is not valid YAML: ${line}`, fix: 'Correct the line' }])
  }
  return checkFaultScript(document.toJS({ maxAliasCount: 20 }))
}
