import type { Command } from 'commander'
import { say } from '../output.js'
import { withHome } from './define.js'

/** `tidegate alerts test`. */
export function addAlertCommands(program: Command): void {
  const alerts = program.command('alerts').description('who is called when a person is needed')
  withHome<object, []>(
    alerts.command('test').description('send one alert now, and say what became of it'),
    async (session) => {
      const answer = await session.control('alerts_test')
      const status = answer['status'] === undefined ? '' : ` with ${say(answer['status'])}`
      return {
        value: answer,
        human: [
          answer['ok'] === true
            ? `The webhook took the test${status}, after ${say(answer['ms'])} ms.`
            : `Nobody was reached: ${say(answer['reason'])}.`,
        ],
      }
    },
  )
}
