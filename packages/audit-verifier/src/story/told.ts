/** What the log says of a row: the columns it tells of, and the entry that told it last. */
export interface ToldRow {
  readonly seq: number
  readonly columns: Readonly<Record<string, string | number | null>>
}

type Body = Readonly<Record<string, unknown>>

/** A text of a body; what is none becomes a text that fits nothing. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '\0'
}

/** A list of objects of a body. */
export function list(value: unknown): readonly Body[] {
  return Array.isArray(value) ? (value as readonly Body[]) : []
}
