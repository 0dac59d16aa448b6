/**
 * The texts that stand for numbers in a scenario: durations (`250ms`, `1m30s`), rates (`400/s`), Kubernetes quantities
 * (`500m`, `1Gi`), ports, names and references, as zod schemas that check, convert and describe themselves to editors.
 */
import type { z } from 'zod'
import type { Distribution } from '../base/distribution.js'
import type { Nanoseconds } from '../base/nanoseconds.js'

// Contract (to be filled in): the output types of these schemas.
export declare const duration: z.ZodType<Nanoseconds, string | number>
export declare const rate: z.ZodType<number, string | number>
export declare const quantity: z.ZodType<number, string | number>
export declare const name: z.ZodType<string, string>
export declare const portNumber: z.ZodType<number, number>
export declare const portRange: z.ZodType<{ first: number; last: number }, string>
export declare const serviceReference: z.ZodType<{ host: string; port: number | string }, string>
/** A duration (constant) or a distribution by mean and a second figure. Output in ns. */
export declare const delay: z.ZodType<Distribution, unknown>
