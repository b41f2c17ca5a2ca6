import { startPostgres } from '../start-postgres.js'

// Starts a server and waits to be killed.
const postgres = await startPostgres()
process.stdout.write(`${JSON.stringify({ port: postgres.port, folder: postgres.folder })}\n`)
setInterval(() => {}, 60_000)
