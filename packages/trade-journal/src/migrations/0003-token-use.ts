import type { Ddl } from '../sql/ddl.js'

/** When a token was last used, so that whoever revokes one sees which is still in use. Never edited after landing. */
export function tokenUse0003({ column, index, int }: Ddl): void {
  column('tokens', 'last_used_at_ms', int)
  index('tokens_principal', 'tokens', ['principal'])
}
