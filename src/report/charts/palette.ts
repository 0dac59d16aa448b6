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

export const INK = '#1a1a1a'
export const FAINT_INK = '#5a5a5a'
export const GRID_LINE = '#e3e3e3'
export const GROUND = '#ffffff'

/** Black or white, whichever can be read on the colour. */
export function inkOn(colour: string): string {
  return colour === '#0072B2' || colour === '#D55E00' || colour === '#000000' || colour === '#009E73'
    ? '#ffffff'
    : INK
}
