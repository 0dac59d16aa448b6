/** The preStop hook of a container, as far as it sleeps: how long a hook takes otherwise nobody can say. */
import { EXEC, LIFECYCLE, PRE_STOP, SLEEP } from './field-tables.js'
import type { Fields } from './fields.js'

/** `sleep 5`, with a unit or without, alone or at the end of a shell's command. */
const SLEEP_COMMAND = /(?:^|[\s;&/])sleep\s+(\d{1,7}(?:\.\d{1,3})?)([smh]?)\s*;?\s*$/
const SECONDS = { '': 1, s: 1, m: 60, h: 3_600 } as const

/** Seconds that it sleeps; undefined: there is none, or one that does something else. */
export function readPreStop(container: Fields): number | undefined {
  const hook = container.fields('lifecycle', LIFECYCLE).fields('preStop', PRE_STOP)
  const slept = hook.fields('sleep', SLEEP).integer('seconds', 0, 1_000_000_000)
  const command = hook.fields('exec', EXEC).texts('command')
  const match = SLEEP_COMMAND.exec(command.map(({ text }) => text).join(' '))
  if (slept !== undefined || match === null) return slept
  return Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS]
}
