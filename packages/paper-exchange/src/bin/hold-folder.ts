import { createHash } from 'node:crypto'
import { realpathSync, unlinkSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HomeOwnedError } from '@tidegate/trading-model'

/**
 * Keeps a second exchange out of a state folder: two writers would ruin the journal. It is a listening socket, so a process that
 * dies, however it dies, lets go.
 *
 * @param folder - Absolute; exists.
 * @returns The way to let go.
 * @throws {HomeOwnedError} `ERR_HOME_OWNED` when another process has it.
 */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  const name = `paper-exchange-${createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 24)}`
  // In the folder itself the path could be too long for a socket.
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
  const server = (await listen(path)) ?? ((await isAlive(path)) ? undefined : await listenAnew(path))
  if (!server) {
    throw new HomeOwnedError(`another paper exchange uses ${folder}`, {
      hint: 'Stop that one, or name another folder with --state',
    })
  }
  server.unref()
  return () => new Promise((resolve) => server.close(() => resolve()))
}

function listenAnew(path: string): Promise<Server | undefined> {
  unlinkSync(path)
  return listen(path)
}

function listen(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.end())
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen(path, () => resolve(server))
  })
}

/** Whether somebody answers there; a socket file without anybody is what a killed process leaves. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
