/** Command lines as text that a POSIX shell reads back as the same arguments. */

const NEEDS_NO_QUOTES = /^[A-Za-z0-9_@%+=:,./-]+$/

/** Arguments joined by spaces, each quoted where it must be. */
export function shellText(args: readonly string[]): string {
  return args.map(shellWord).join(' ')
}

function shellWord(arg: string): string {
  return NEEDS_NO_QUOTES.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`
}
