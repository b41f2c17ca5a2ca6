import type { JsonObject } from '../backend.js'
import { LOG_LEVELS, type LoggedEvent } from '../log-reader.js'
import { cutPage, type PagePosition, readCursor, writeCursor } from '../shared/page.js'
import { CURSOR, readArguments, type TextPattern } from '../shared/read-arguments.js'
import { readTimeRange } from '../shared/read-time.js'
import { requireDoor } from '../shared/require-door.js'
import { showLogged } from '../shared/show-logged.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, READS, type ToolDefinition } from './tool.js'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 200
/** What one answer may weigh as JSON, bytes. */
const MAX_BYTES = 24_000

const EVENT: TextPattern = { test: /^[a-z][a-z0-9_]{0,79}\*?$/, as: 'an event such as order_placed, or order_*' }

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    level: { type: 'string', enum: LOG_LEVELS, description: 'This level and above' },
    event: { type: 'string', description: 'order_placed, or order_*' },
    start: { type: 'string', description: 'ISO 8601' },
    end: { type: 'string' },
    limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    cursor: { type: 'string' },
  },
}

export const viewLogsTool: ToolDefinition = {
  name: 'view_logs',
  title: 'View log',
  description: 'Events of the log of this server, newest first, as far back as it keeps them in memory.',
  inputSchema,
  outputSchema: outputSchema(
    { count: 'integer', events: 'objects', env: 'string' },
    { next_cursor: 'string', oldest: 'string' },
  ),
  hints: { ...READS, openWorldHint: false },
  permissions: ['view_logs'],
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const level = reader.choice('level', LOG_LEVELS) ?? 'debug'
    const event = reader.text('event', EVENT)
    const { startMs, endMs } = readTimeRange(reader)
    const limit = reader.count('limit', 1, MAX_LIMIT) ?? DEFAULT_LIMIT
    const cursor = reader.text('cursor', CURSOR)
    reader.check()
    const logs = requireDoor(context.logs, 'a log that can be read')
    const after = cursor === undefined ? undefined : readCursor(cursor)
    const all = logs.recent()
    const found = all.filter(
      (line) =>
        LOG_LEVELS.indexOf(line.level) >= LOG_LEVELS.indexOf(level) &&
        isNamed(line.event, event) &&
        (startMs === undefined || line.atMs >= startMs) &&
        (endMs === undefined || line.atMs < endMs),
    )
    const page = cutPage(found, positionOf, after, limit)
    const { events, last } = fill(page.rows)
    const isCut = events.length < page.rows.length
    return {
      count: events.length,
      events,
      ...cursorOf(isCut && last ? writeCursor(positionOf(last)) : page.nextCursor),
      ...(all.length === 0 ? {} : { oldest: new Date(all.at(-1)?.atMs ?? 0).toISOString() }),
      env: context.desk.environment,
    }
  },
}

/** As many as fit, one at least: a single line is bounded by itself. */
function fill(rows: readonly LoggedEvent[]) {
  const events: ReturnType<typeof showLogged>[] = []
  let last: LoggedEvent | undefined
  let bytes = 0
  for (const line of rows) {
    const shown = showLogged(line)
    bytes += Buffer.byteLength(JSON.stringify(shown)) + 1
    if (bytes > MAX_BYTES && events.length > 0) break
    events.push(shown)
    last = line
  }
  return { events, last }
}

function isNamed(event: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return true
  return wanted.endsWith('*') ? event.startsWith(wanted.slice(0, -1)) : event === wanted
}

const positionOf = ({ atMs, seq }: LoggedEvent): PagePosition => ({ atMs, id: String(seq) })

function cursorOf(cursor: string | undefined): JsonObject {
  return cursor === undefined ? {} : { next_cursor: cursor }
}
