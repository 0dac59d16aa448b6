/** The forms that Kubernetes asks of names and labels. Source: k8s.io/apimachinery pkg/util/validation. All are linear in the text. */

const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/
const LABEL_1035 = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/
const QUALIFIED = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const PORT_NAME = /^[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?$/

/** RFC 1123 label: a Service port's name, a namespace. */
export function isDnsLabel(text: string): boolean {
  return LABEL.test(text)
}

/** RFC 1035 label: a Service's name begins with a letter. */
export function isServiceName(text: string): boolean {
  return LABEL_1035.test(text)
}

/** RFC 1123 subdomain, at most 253 characters: most names. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => LABEL.test(part))
}

/** IANA service name: a container port's name, at most 15 characters with a letter and no two hyphens in a row. */
export function isPortName(text: string): boolean {
  return PORT_NAME.test(text) && /[a-z]/.test(text) && !text.includes('--')
}

/** `name` or `prefix/name`. */
export function isLabelKey(text: string): boolean {
  const slash = text.indexOf('/')
  if (slash < 0) return QUALIFIED.test(text)
  return isDnsSubdomain(text.slice(0, slash)) && QUALIFIED.test(text.slice(slash + 1))
}

export function isLabelValue(text: string): boolean {
  return text === '' || QUALIFIED.test(text)
}
