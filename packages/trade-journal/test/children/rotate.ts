import { nodeDisk } from '../../src/node-disk.js'
import { openJournal } from '../../src/open-journal.js'
import { childOptions, realOptions, say } from './child-kit.js'

/** Changes the signing key, and dies for real at one step of it: before or after the disk is touched for the nth time. */
const { folder, step } = childOptions<{ folder: string; step: number }>()
let left = Number.POSITIVE_INFINITY

function at<T>(work: () => T): T {
  if (left-- === 0) process.kill(process.pid, 'SIGKILL')
  const done = work()
  if (left-- === 0) process.kill(process.pid, 'SIGKILL')
  return done
}

const journal = await openJournal({
  ...realOptions(folder),
  headEvery: 3,
  disk: {
    ...nodeDisk,
    readText: (path) => at(() => nodeDisk.readText(path)),
    writeTextAtomically: (path, text, mode) => at(() => nodeDisk.writeTextAtomically(path, text, mode)),
    openAppend: (path) => {
      const file = nodeDisk.openAppend(path)
      return { append: (text) => at(() => file.append(text)), close: () => file.close() }
    },
  },
})
await journal.audit({ actor: 'test', type: 'note', body: { before: step } })
say('ready')
left = step
const { to } = (await journal.rotateAuditKey?.('boss')) ?? {}
left = Number.POSITIVE_INFINITY
say(`changed ${to}`)
await journal.audit({ actor: 'test', type: 'note', body: { after: step } })
await journal.close()
