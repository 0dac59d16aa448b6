/**
 * Which Services the pods of a workload seem to call: the names of Services among the literal environment variables of
 * their containers, as in `REDIS_HOST: redis` with `REDIS_PORT: "6379"`, or `http://cart.shop:8080/api`.
 *
 * A guess for a first draft of a scenario, never used by a run.
 */
import type { PodSpec, ServiceObject } from '../input/kubernetes-objects.js'

/** A Service and one of its ports, as an application would write it. */
export interface GuessedCall {
  readonly service: ServiceObject
  readonly port: number
  /** `NAME:PORT`, or `NAME.NAMESPACE:PORT` for another namespace. */
  readonly reference: string
  /** The environment variable that says so. */
  readonly variable: string
}

const MAX_CALLS = 16
const SCHEME = /^[a-z][a-z0-9+.-]{0,30}:\/\//i
const HOST = /^(?:[^@/]{1,200}@)?([a-z0-9.-]{1,253})(?::([0-9]{1,5}))?(?:[/?,]|$)/i

/** @param namespace - of the pods */
export function guessCalls(
  podSpec: PodSpec,
  namespace: string,
  services: readonly ServiceObject[],
): GuessedCall[] {
  const calls = new Map<string, GuessedCall>()
  for (const { env } of podSpec.containers) {
    for (const [variable, value] of env) {
      const call = callNamedBy(variable, value, env, namespace, services)
      if (call !== undefined && !calls.has(call.reference)) calls.set(call.reference, call)
    }
  }
  return [...calls.values()].slice(0, MAX_CALLS)
}

function callNamedBy(
  variable: string,
  value: string,
  env: ReadonlyMap<string, string>,
  namespace: string,
  services: readonly ServiceObject[],
): GuessedCall | undefined {
  const parts = HOST.exec(value.replace(SCHEME, ''))
  if (parts === null) return undefined
  const [name, writtenNamespace = namespace] = parts[1].split('.')
  const service = services.find(({ meta }) => meta.name === name && meta.namespace === writtenNamespace)
  if (service === undefined) return undefined
  const port = portOf(service, parts[2] ?? env.get(variable.replace(/HOST$/, 'PORT')))
  if (port === undefined) return undefined
  const host = writtenNamespace === namespace ? name : `${name}.${writtenNamespace}`
  return { service, port, reference: `${host}:${port}`, variable }
}

/** The port asked for if the Service has it, else its first. */
function portOf(service: ServiceObject, asked: string | undefined): number | undefined {
  const ports = service.ports.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port)
  return ports.includes(Number(asked)) ? Number(asked) : ports[0]
}
