/** What people call an object of a namespace: `web`, and `shop/web` outside of the default namespace. */
export function qualifiedName({
  namespace,
  name,
}: {
  readonly namespace: string
  readonly name: string
}): string {
  return namespace === 'default' ? name : `${namespace}/${name}`
}
