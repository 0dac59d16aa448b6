/**
 * Colours that people with any colour vision can tell apart, on a white ground of their own so that they are the same
 * on a dark page; markers differ as well, so that nothing depends on colour alone.
 *
 * Source: Okabe and Ito, Color Universal Design (2008); its yellow is left out, which is too faint on white.
 */

/** In the order of use. */
export const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'] as const

/** Markers of the same series, by their names in echarts. */
export const MARKERS = [
  'circle',
  'rect',
  'triangle',
  'diamond',
  'emptyCircle',
  'emptyRect',
  'emptyTriangle',
] as const

/** The colours of a drawing, as values of SVG attributes. */
export interface Palette {
  /** Of series, in the order of use; seven, each on `grounds` of the same place where text stands on it. */
  readonly colours: readonly string[]
  /** Text on each of these colours. */
  readonly inkOn: readonly string[]
  readonly ink: string
  readonly faintInk: string
  readonly gridLine: string
  readonly ground: string
  /** Steps of a heat map from little to much; and text on each. */
  readonly heat: readonly string[]
  readonly inkOnHeat: readonly string[]
}

const INK = '#1a1a1a'
const WHITE = '#ffffff'

/** From little to much, told apart by lightness alone: cividis (Nuñez, Anderton and Renslow, 2018), turned round. */
export const HEAT_STEPS = 7
const HEAT = ['#FEE838', '#D9C55C', '#B3A772', '#8E8978', '#6C6E72', '#4A556C', '#233E6C'] as const

/** Of files of their own, which do not know the page around them. */
export const FILE_PALETTE: Palette = {
  colours: COLOURS,
  inkOn: [WHITE, WHITE, WHITE, INK, INK, INK, WHITE],
  ink: INK,
  faintInk: '#5a5a5a',
  gridLine: '#e3e3e3',
  ground: WHITE,
  heat: HEAT,
  inkOnHeat: [INK, INK, INK, INK, WHITE, WHITE, WHITE],
}

/** Of drawings in a page: variables of its style, which has a light and a dark value for each. */
export const PAGE_PALETTE: Palette = {
  ...FILE_PALETTE,
  colours: COLOURS.map((_, index) => `var(--c${index})`),
  inkOn: COLOURS.map((_, index) => `var(--on-c${index})`),
  ink: 'var(--ink)',
  faintInk: 'var(--faint)',
  gridLine: 'var(--line)',
  ground: 'var(--ground)',
}
