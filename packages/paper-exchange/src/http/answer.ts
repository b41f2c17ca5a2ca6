/** An answer on its way out. */
export interface Answer {
  readonly status: number
  /** JSON, or text as it is. */
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}
