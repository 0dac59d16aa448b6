import { describe, expect, it } from 'vitest'
import { diffNode } from '../../../src/experiment/rules/diff-node.js'
import { listRules } from '../../../src/experiment/rules/list-rules.js'
import { clusterNames, compiledCluster } from '../../kernel/compiled-cluster.js'

describe('rules that svcsim has written itself', () => {
  it.each(clusterNames())('are no difference on any node of cluster %s', (name) => {
    const compiled = compiledCluster('clusters', name, [])
    for (const { name: node } of compiled.cluster.nodes) {
      const [{ text }] = listRules(compiled, { node, command: '' }).parts
      const { isEqual } = diffNode(compiled, { node, file: 'dump', text, command: '' })
      expect(isEqual, node).toBe(true)
    }
  })
})
