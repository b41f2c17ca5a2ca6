import pg from 'pg'
import { vi } from 'vitest'

/** What a test does around the statements that the journal sends from this process. */
export interface QueryWatch {
  readonly before?: (text: string) => void
  /** SQLSTATE or socket code. */
  readonly failed?: (code: string) => void
}

type Query = (...args: readonly unknown[]) => unknown

/** Looks over the shoulder of every connection of this process; returns how to stop. */
export function watchQueries({ before, failed }: QueryWatch): () => void {
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const { query } = prototype
  const spy = vi.spyOn(prototype, 'query').mockImplementation(function (this: unknown, ...args: readonly unknown[]) {
    before?.(textOf(args[0]))
    const answer = query.apply(this, [...args])
    if (!(answer instanceof Promise)) return answer
    return answer.catch((error: { readonly code?: string }) => {
      failed?.(error.code ?? '')
      throw error
    })
  })
  return () => spy.mockRestore()
}

function textOf(query: unknown): string {
  return typeof query === 'string' ? query : ((query as { readonly text?: string } | null)?.text ?? '')
}
