import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, type Disk, type Environment } from '@tidegate/trading-model'
import { z } from 'zod'
import { checkPrivateFile } from '../secrets/check-private-file.js'

const FILE_MODE = 0o600
const NAME = /^[a-z0-9][a-z0-9_.-]{0,39}$/

const fileSchema = z.strictObject({
  format: z.literal('tidegate-approver/1'),
  environment: z.string(),
  secret: z.string().regex(/^[A-Z2-7]{32,}$/),
})

/** Whether a text may be the name of an approver. */
export function isApproverName(name: string): boolean {
  return NAME.test(name)
}

/** Secrets of approvers in files of their own, readable by their owner alone: where there is no sealed file. */
export interface ApproverFiles {
  pathOf(name: string): string
  /** Names that have a file, whatever is in it. */
  names(): readonly string[]
  /** @throws {ConfigError} `ERR_CONFIG_INVALID`: the file is open to others, or none of ours. Nothing of it is in the message. */
  read(name: string): string | undefined
  write(name: string, secret: string): void
}

/** The files of one environment. */
export function createApproverFiles(options: {
  readonly disk: Disk
  /** The environment's folder. */
  readonly folder: string
  readonly environment: Environment
}): ApproverFiles {
  const { disk, environment } = options
  const home = join(options.folder, 'approvers')
  const pathOf = (name: string): string => join(home, `${name}.json`)
  return {
    pathOf,
    names: () =>
      listFolder(home)
        .filter((file) => file.endsWith('.json'))
        .map((file) => file.slice(0, -'.json'.length))
        .filter(isApproverName)
        .toSorted(),
    read(name) {
      if (!isApproverName(name)) return undefined
      const path = pathOf(name)
      const text = disk.readText(path)
      if (text === undefined) return undefined
      checkPrivateFile('the approver’s file', path)
      const file = fileSchema.safeParse(parse(text)).data
      if (file?.environment === environment) return file.secret
      throw new ConfigError('ERR_CONFIG_INVALID', `${path} is no approver’s file of ${environment}`, {
        hint: `Run: tidegate approvals enroll --name ${name} --replace`,
      })
    },
    write(name, secret) {
      disk.makeFolder(home)
      const text = JSON.stringify({ format: 'tidegate-approver/1', environment, secret })
      disk.writeTextAtomically(pathOf(name), `${text}\n`, FILE_MODE)
    },
  }
}

function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
