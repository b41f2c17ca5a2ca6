import type { AxisReport, BenchDocument, Measured } from './report.js'
import type { Spread } from './statistics.js'

/** The document for people. */
export function toText({ axes, node }: BenchDocument): string {
  return `Node ${node}\n${axes.map(axisText).join('')}`
}

function axisText(report: AxisReport): string {
  const { axis, unit, ours, peers, limit, ratios, target, claims, notes, rounds } = report
  const lines = [
    `\n${axis} (${unit}, ${rounds} rounds: median [min..max])`,
    row('ours', ours),
    ...peers.map((peer) => row('peer', peer)),
    ...(limit ? [row('limit', limit)] : []),
    ...(ratios.bestPeer ? [`  ours / best peer  ${spread(ratios.bestPeer)}`] : []),
    ...(ratios.limit ? [`  ours / limit      ${spread(ratios.limit)}`] : []),
    ...(target ? [`  target: ${target.of} at least ${target.atLeast}: ${target.met ? 'met' : 'MISSED'}`] : []),
    ...claims.map(({ claim, held, observed }) => `  ${held ? 'holds' : 'DOES NOT HOLD'}: ${claim} (${observed})`),
    ...Object.entries(notes).map(([name, value]) => `  ${name}: ${value}`),
  ]
  return `${lines.join('\n')}\n`
}

function row(kind: string, measured: Measured): string {
  const name = measured.version === undefined ? measured.name : `${measured.name} ${measured.version}`
  return `  ${kind.padEnd(6)}${name.padEnd(36)}${spread(measured)}`
}

function spread({ median, min, max }: Spread): string {
  return `${short(median)} [${short(min)}..${short(max)}]`
}

function short(value: number): string {
  return Math.abs(value) >= 1_000 ? `${Math.round(value / 1_000)}k` : String(Number(value.toPrecision(3)))
}
