import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Revisions whose frozen requirements are run: one of each protocol era. */
export const REVISIONS = ['2025-11-25', '2026-07-28'] as const
export type Revision = (typeof REVISIONS)[number]

/** Scenarios that need no fixture: what the production tool set has to pass as it is. */
export const WITHOUT_FIXTURES: Readonly<Record<Revision, readonly string[]>> = {
  '2025-11-25': [
    'server-initialize',
    'ping',
    'completion-complete',
    'tools-list',
    'resources-list',
    'prompts-list',
    'server-sse-multiple-streams',
    'dns-rebinding-protection',
    'server-session-lifecycle',
  ],
  '2026-07-28': [
    'completion-complete',
    'tools-list',
    'resources-list',
    'prompts-list',
    'server-sse-multiple-streams',
    'sep-2164-resource-not-found',
    'dns-rebinding-protection',
    'caching',
    'http-header-validation',
    'input-required-result-unsupported-methods',
  ],
}

/**
 * The scenarios that count for a revision, read from the suite itself.
 *
 * @param suite - Folder of the installed suite.
 * @throws {Error} the suite names none: its layout has changed.
 */
export function scoredScenarios(suite: string, revision: Revision): readonly string[] {
  const yaml = readFileSync(join(suite, 'requirements', `${revision}.yaml`), 'utf8')
  const section = /^server:\n((?: {2}- \S+\n)+)/m.exec(yaml)?.[1] ?? ''
  const names = [...section.matchAll(/^ {2}- (\S+)$/gm)].map((match) => match[1] ?? '')
  if (names.length === 0) throw new Error(`The suite's requirements of ${revision} name no scenario of a server`)
  return names
}
