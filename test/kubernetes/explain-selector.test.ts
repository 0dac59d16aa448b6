import { describe, expect, it } from 'vitest'
import type { Origin } from '../../src/base/diagnostics.js'
import { parseDocuments } from '../../src/input/parse-documents.js'
import { renderDiagnostics } from '../../src/input/render-diagnostics.js'
import { originOf } from '../../src/input/tree.js'
import { compile, labels, service, workload } from './objects.js'

const MANIFESTS = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template: { metadata: { labels: { app: web } } }
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: wbe
`

function origins(): readonly Origin[] {
  const { documents } = parseDocuments([{ path: 'shop.yaml', text: MANIFESTS }])
  return documents.map(originOf)
}

describe('the warning about a misspelt selector', () => {
  it('shows the line, and the line of the label that was meant', () => {
    const [deployment, selecting] = origins()
    const { warnings } = compile({
      workloads: [workload('web', { origin: deployment })],
      services: [service('web', { selector: labels({ app: 'wbe' }), origin: selecting })],
    })
    expect(renderDiagnostics(warnings)).toBe(`warning[SVC_NO_POD] Service "web" selects no pod
  --> shop.yaml:13:10
13 |     app: wbe
   |          ^^^ no pod has the label app=wbe; did you mean "web" (Deployment web, shop.yaml:5)?
`)
  })
})
