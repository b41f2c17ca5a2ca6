import { fileURLToPath } from 'node:url'

/** The stdio server's file: beside us in a clone, and where both are installed. */
export function stdioEntry(): string {
  return fileURLToPath(new URL('../../stdio-server/dist/main.js', import.meta.url))
}
