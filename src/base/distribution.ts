/**
 * How a length of time (or a size) varies, as data: what a scenario says and `engine/distributions.ts` draws from.
 * Times are nanoseconds and need not be integers here; draws are rounded to integers by whoever uses them as times.
 */

/** A distribution of a non-negative quantity. Every `mean` is in the unit of the quantity (ns for times). */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  /** Sum of `stages` exponentials; coefficient of variation 1/√stages. */
  | { readonly kind: 'erlang'; readonly mean: number; readonly stages: number }
  /** With `probability` an exponential of mean `firstMean`, else one of mean `secondMean`. */
  | {
      readonly kind: 'hyperexponential'
      readonly probability: number
      readonly firstMean: number
      readonly secondMean: number
    }
  /** exp(Normal(mu, sigma²)); `mu` is of the quantity in its unit. */
  | { readonly kind: 'lognormal'; readonly mu: number; readonly sigma: number }
  | { readonly kind: 'weibull'; readonly scale: number; readonly shape: number }
  /** Pareto from `min` on; cut at `max` (bounded Pareto) where `max` is finite. `max` is Infinity otherwise. */
  | { readonly kind: 'pareto'; readonly min: number; readonly shape: number; readonly max: number }
  /** One of `values`, each with its weight; `weights` are positive and need not sum to 1. */
  | { readonly kind: 'empirical'; readonly values: readonly number[]; readonly weights: readonly number[] }
