import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { createPart, type Part, type PartContext } from '../part.ts'
import { root } from '../paths.ts'
import { answersOk } from '../wait.ts'
import { rulesFolder } from './promtool.ts'
import { scaleRules } from './scaled-rules.ts'

export interface PrometheusOptions {
  /** Its program. */
  readonly file: string
  readonly directory: string
  readonly port: number
  /** `host:port` of each target, by the name of its job in deploy/prometheus/prometheus.yml. */
  readonly targets: Readonly<Record<string, readonly string[]>>
  /** How many times as fast as usual the rules' clock runs; 1 by default. */
  readonly scale?: number
}

interface Configuration {
  global: Record<string, unknown>
  rule_files: string[]
  scrape_configs: { job_name: string; static_configs: { targets: readonly string[] }[] }[]
}

/** Prometheus with the configuration and rules that operators get, and the addresses of this stack. */
export function createPrometheus(options: PrometheusOptions, context: PartContext): Part {
  const { file, port } = options
  const directory = join(options.directory, 'prometheus')
  mkdirSync(join(directory, 'rules'), { recursive: true, mode: 0o700 })
  writeFileSync(join(directory, 'prometheus.yml'), stringify(configurationOf(options)))
  for (const name of readdirSync(rulesFolder)) {
    const text = readFileSync(join(rulesFolder, name), 'utf8')
    const { scale = 1 } = options
    writeFileSync(join(directory, 'rules', name), scale === 1 ? text : scaleRules(text, scale))
  }
  return createPart(
    {
      name: 'prometheus',
      command: {
        file,
        args: [
          `--config.file=${join(directory, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(directory, 'data')}`,
          '--storage.tsdb.retention.time=2d',
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        cwd: directory,
      },
      isReady: () => answersOk(`http://127.0.0.1:${port}/-/ready`),
    },
    context,
  )
}

function configurationOf({ targets, scale = 1 }: PrometheusOptions): Configuration {
  const file = join(root, 'deploy', 'prometheus', 'prometheus.yml')
  const { global, rule_files, scrape_configs } = parse(readFileSync(file, 'utf8')) as Configuration
  // A person who looks does not wait for a quarter of a minute.
  const interval = scale === 1 ? '5s' : '1s'
  return {
    global: { ...global, scrape_interval: interval, evaluation_interval: interval },
    rule_files,
    scrape_configs: scrape_configs.flatMap((job) => {
      const own = targets[job.job_name]
      return own ? [{ ...job, static_configs: [{ targets: own }] }] : []
    }),
  }
}
