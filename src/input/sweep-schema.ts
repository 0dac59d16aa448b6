/** The part of a scenario about which points are run, and how they are laid out. */
import { z } from 'zod'

const axisValue = z.union([z.string(), z.number(), z.boolean()])

const variant = z
  .strictObject({
    name: z.string().min(1).describe('Name of the variant in tables.'),
    set: z.record(z.string(), z.unknown()).describe('Field path to value, as for --set.'),
  })
  .describe('Several fields set together.')

const axis = z
  .strictObject({
    name: z.string().min(1).optional().describe('Heading in tables; the path by default.'),
    path: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Field to vary, e.g. counter.replicas or service.shop.sessionAffinity. No default: it goes with values.',
      ),
    values: z
      .union([z.string(), z.array(axisValue).min(1).max(10_000)])
      .optional()
      .describe(
        'Values of the field: a list, or a range such as 1..10 or 10..100/10. No default: they go with path.',
      ),
    variants: z
      .array(variant)
      .min(1)
      .optional()
      .describe('In place of path and values, which are the default: named settings of several fields.'),
  })
  .describe('One factor of the sweep.')

/** `spec.sweep` */
export const sweep = z
  .strictObject({
    axes: z.array(axis).min(1).max(8).describe('Factors; every combination is run.'),
    table: z
      .strictObject({
        columns: z
          .array(z.string())
          .default([])
          .describe('Axes laid out as columns, by their heading; the others make the rows.'),
        metrics: z.array(z.string()).min(1).describe('Metrics in each cell, e.g. stickiness.returnRatio.'),
        call: z.string().optional().describe('The call shown, as CALLER→SERVICE; the first by default.'),
      })
      .optional()
      .describe('How the table is laid out; one row per point with the usual metrics by default.'),
  })
  .describe('Runs the scenario at every combination of settings. By default it is run once, as it is.')
