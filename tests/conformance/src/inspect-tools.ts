import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Row } from './report.js'
import type { Revision } from './requirements.js'

const run = promisify(execFile)

interface Told {
  readonly stdout?: string
  readonly stderr?: string
}

/**
 * Lists the tools with the official Inspector and its lint of schemas (`--strict`), in the era of the revision.
 *
 * @param inspector - The Inspector's entry script.
 * @returns A row in which every listed tool is a check passed, and every finding, warnings included, one that failed.
 */
export async function inspectTools(node: string, inspector: string, url: string, set: Revision): Promise<Row> {
  const era = set === '2025-11-25' ? 'legacy' : 'modern'
  const args = [inspector, '--cli', '--method', 'tools/list', '--strict', '--format', 'json', '-q']
  const { stdout = '', stderr = '' } = await run(
    node,
    [...args, '--transport', 'http', '--server-url', url, '--protocol-era', era],
    { maxBuffer: 1 << 26 },
  ).catch((error: unknown) => error as Told)
  const findings = [...stderr.matchAll(/^(?:Warning|Error): tool .*\n.*\n.*$/gm)].map(([told]) => told)
  const tools = toolsIn(stdout)
  const errors = tools === undefined ? [`the Inspector listed nothing: ${stderr}`] : findings
  return {
    id: 'inspector-strict',
    set,
    server: 'production',
    scored: true,
    passed: tools ?? 0,
    failed: errors.length,
    errors,
  }
}

function toolsIn(stdout: string): number | undefined {
  try {
    const { result } = JSON.parse(stdout) as { readonly result?: { readonly tools?: readonly unknown[] } }
    return result?.tools?.length
  } catch {
    return undefined
  }
}
