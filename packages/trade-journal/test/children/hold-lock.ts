import { acquireHomeLock } from '../../src/home-lock.js'
import { childOptions, say, waitForGo } from './child-kit.js'

/** Tries to take the lock of a home, and keeps it until told or killed. */
const { path } = childOptions<{ path: string }>()
const lock = acquireHomeLock(path)
say(lock ? 'held' : 'refused')
await waitForGo()
lock?.release()
process.exit(0)
