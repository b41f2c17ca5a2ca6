import { BaseError } from '@tidegate/trading-model'
import { openJournal } from '../../src/open-journal.js'
import { childOptions, realOptions, say } from './child-kit.js'

/** Opens a store that may be damaged and reads what a gateway reads; says what came of it, if it lives to say it. */
const { folder } = childOptions<{ folder: string }>()
try {
  const journal = await openJournal(realOptions(folder))
  await journal.modes()
  await journal.listIntents()
  await journal.auditEntries({ limit: 1_000 })
  await journal.listFills()
  const { ok } = await journal.verifyAudit()
  await journal.close()
  say(ok ? 'whole' : 'changed')
} catch (error) {
  if (!BaseError.isInstance(error)) throw error
  say(`${error.code}: ${error.shortMessage}`)
}
process.exit(0)
