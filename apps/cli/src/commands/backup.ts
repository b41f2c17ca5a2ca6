import { resolve } from 'node:path'
import type { Command } from 'commander'
import { say } from '../output.js'
import { withHome } from './define.js'

/** `tidegate backup FOLDER`. */
export function addBackupCommand(program: Command): void {
  withHome<object, [string]>(
    program
      .command('backup')
      .argument('<folder>', 'a folder that does not exist yet')
      .description('copy store, heads and their key while the gateway works, and check the copy'),
    async (session, _options, folder) => {
      const answer = await session.control('backup', { folder: resolve(folder) })
      return {
        value: answer,
        human: [
          `The backup is in ${say(answer['folder'])}: ${say(answer['entries'])} entries, head ${say(answer['head']).slice(0, 16)}…`,
          'It holds the key that signs the heads and the secret that makes order ids: keep it as private as the home.',
        ],
      }
    },
  )
}
