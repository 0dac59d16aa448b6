/**
 * Logarithm, exponential and powers from + − × ÷ only, which IEEE 754 and ECMA-262 fix to the last bit: the same
 * results on every processor, Node version and engine mode. `Math.log` and its kin differ between them in the last bit.
 *
 * Error, checked against exact rounding: `ln`, `exp` and `pow` at most 1 unit in the last place, `log1p` and `expm1`
 * at most 4. Left out: trigonometry.
 */
export { exp, expm1 } from './exact-exp.js'
export { ln, log1p } from './exact-ln.js'
export { pow } from './exact-pow.js'
