import { Command } from 'commander'
import { addAccountCommands } from './commands/account.js'
import { addAlertCommands } from './commands/alerts.js'
import { addApprovalCommands } from './commands/approvals.js'
import { addAuditCommands } from './commands/audit.js'
import { addBackupCommand } from './commands/backup.js'
import { addConfigCommands } from './commands/config.js'
import { addDemoCommand } from './commands/demo.js'
import { addLiveCheckCommand } from './commands/live-check.js'
import { addModeCommands } from './commands/modes.js'
import { addOrderCommands } from './commands/order.js'
import { addPaperCommands } from './commands/paper.js'
import { addPolicyCommands } from './commands/policy.js'
import { addSecretCommands } from './commands/secrets.js'
import { addServeCommands } from './commands/serve.js'
import { addSetupCommand } from './commands/setup.js'
import { addTokenCommands } from './commands/tokens.js'
import { addWatchdogCommand } from './commands/watchdog.js'

/** The whole command line. Built fresh for each run, so that tests can drive it. */
export function createProgram(): Command {
  const program = new Command('tidegate')
    .description(
      'Trade on Coinbase Advanced Trade behind limits an agent cannot bend; practise on a paper exchange first.',
    )
    .option('--json', 'print one JSON document on stdout; everything else goes to stderr')
    .option('--home <folder>', 'where state is kept (TIDEGATE_HOME)')
    .option('--config <file>', 'configuration file (TIDEGATE_CONFIG)')
    .option('--environment <name>', 'paper, sandbox or production')
    .showHelpAfterError('(add --help for the options)')
    .exitOverride()
  addDemoCommand(program)
  addServeCommands(program)
  addSetupCommand(program)
  addTokenCommands(program)
  addPaperCommands(program)
  addOrderCommands(program)
  addAccountCommands(program)
  addModeCommands(program)
  addApprovalCommands(program)
  addAlertCommands(program)
  addSecretCommands(program)
  addAuditCommands(program)
  addBackupCommand(program)
  addConfigCommands(program)
  addPolicyCommands(program)
  addLiveCheckCommand(program)
  addWatchdogCommand(program)
  return program
}
