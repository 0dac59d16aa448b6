/** The page without its style and its script, which are ours. */
export function pageContent(page: string): string {
  return page.replace(/<style>.*?<\/style>/s, '').replace(/<script>.*<\/script>/s, '')
}
