/**
 * `npm run config:check`: says what is wrong with the environment that a gateway would start with, all
 * at once, and ends with 0 or 1. It connects to nothing.
 */
import { checkConfig, ConfigError } from './config.ts'
import { exceptionWarnings } from './config/policy.ts'

try {
  const config = await checkConfig(process.env)
  const warnings = exceptionWarnings(config.CSP_EXCEPTIONS)
  process.stdout.write(
    ['The configuration is good.', ...warnings.map((line) => `  but: ${line}`), ''].join('\n'),
  )
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
