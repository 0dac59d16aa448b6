export async function initVerb(): Promise<void> {}
