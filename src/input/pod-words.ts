/** Words for the behaviour of pods that others than the schema look for. */

/** The CPU limit is to be that of the manifest. */
export const FROM_MANIFEST = 'fromManifest'
