/** One file of a report, whatever its format. */
export interface ReportFile {
  /** Path within the folder of the report, with `/`; of what the user named, only letters, digits and hyphens. */
  readonly name: string
  /** UTF-8 text, with a line break at its end. */
  readonly text: string
}
