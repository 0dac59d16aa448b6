/**
 * Functions that statistics and queueing theory need, all on `exact-math.ts`, hence the same on every machine.
 * Not for hot loops: each call may take some hundred steps.
 */
export { erlangB, erlangC } from './erlang-formulas.js'
export { chiSquareUpperTail, lnGamma, regularisedGammaP, regularisedGammaQ } from './gamma-function.js'
export { normalQuantile } from './normal-quantile.js'
export { regularisedBeta, studentTQuantile, studentTTwoSided } from './student-t.js'
