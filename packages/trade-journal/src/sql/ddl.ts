import { type ColumnDefinitionBuilder, type CreateTableBuilder, type SchemaModule, sql } from 'kysely'

export type SqlDialectName = 'sqlite' | 'postgres'

/** Collects the statements of one migration for one dialect. */
export interface Ddl {
  /** 64-bit integer: STRICT INTEGER or BIGINT. */
  readonly int: 'integer' | 'bigint'
  readonly table: <N extends string>(
    name: N,
    build: (table: CreateTableBuilder<N>) => CreateTableBuilder<N, string>,
  ) => void
  /** `where` makes it partial; both dialects know that. */
  readonly index: (
    name: string,
    on: string,
    columns: readonly string[],
    options?: { readonly unique?: boolean; readonly where?: string },
  ) => void
  readonly column: (
    table: string,
    name: string,
    type: 'text' | 'integer' | 'bigint',
    build?: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder,
  ) => void
  readonly statements: readonly string[]
}

/** Collects the statements of a migration in the words of one dialect. */
export function ddlFor(dialect: SqlDialectName, schema: SchemaModule): Ddl {
  const statements: string[] = []
  return {
    int: dialect === 'sqlite' ? 'integer' : 'bigint',
    statements,
    table(name, build) {
      const table = build(schema.createTable(name))
      statements.push((dialect === 'sqlite' ? table.modifyEnd(sql`strict`) : table).compile().sql)
    },
    column(table, name, type, build = (column) => column) {
      statements.push(schema.alterTable(table).addColumn(name, type, build).compile().sql)
    },
    index(name, on, columns, options = {}) {
      const unique = options.unique ? 'unique ' : ''
      const where = options.where ? ` where ${options.where}` : ''
      statements.push(`create ${unique}index "${name}" on "${on}" (${columns.map((c) => `"${c}"`).join(', ')})${where}`)
    },
  }
}
