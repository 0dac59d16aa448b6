/** A distribution of times in one line for people. */
import type { Distribution } from '../base/distribution.js'
import { formatDuration } from '../base/units.js'

export function describeDistribution(distribution: Distribution): string {
  switch (distribution.kind) {
    case 'constant':
      return time(distribution.value)
    case 'uniform':
      return `uniform, ${time(distribution.min)} to ${time(distribution.max)}`
    case 'exponential':
      return `exponential, mean ${time(distribution.mean)}`
    case 'erlang':
      return `Erlang, mean ${time(distribution.mean)}, ${distribution.stages} stages`
    case 'hyperexponential': {
      const { probability, firstMean, secondMean } = distribution
      return `hyperexponential, ${time(firstMean)} with probability ${probability}, else ${time(secondMean)}`
    }
    case 'lognormal':
      return `lognormal, mu ${distribution.mu}, sigma ${distribution.sigma} (ns)`
    case 'weibull':
      return `Weibull, scale ${time(distribution.scale)}, shape ${distribution.shape}`
    case 'pareto':
      return `Pareto, from ${time(distribution.min)}, shape ${distribution.shape}`
    case 'empirical':
      return `empirical, ${distribution.values.length} values`
  }
}

function time(ns: number): string {
  return formatDuration(Math.round(ns))
}
