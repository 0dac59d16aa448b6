export async function initVerb(..._: unknown[]): Promise<void> {}
