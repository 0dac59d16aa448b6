/** What made a result. */

/** Version of the package; a test compares it with package.json. */
export const VERSION = '0.1.0'

/** Grows whenever equal inputs may give other results than before; CHANGELOG.md says why, under *Changed results*. */
export const MODEL_VERSION = 1
