// `npm run -s sim -- --seeds N --seed S --store model|sqlite --mutant NAME|all --json`: the deterministic simulation.
import { become, requireNode } from './run.mjs'

requireNode()
become('tests/simulator/command.mjs', process.argv.slice(2))
