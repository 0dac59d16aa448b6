/**
 * The codes of everything that reads the user's text: YAML and JSON, manifests, scenarios, settings.
 * Part of the table in error-codes.ts.
 */

/** What the documentation says of one code. */
export interface CodeEntry {
  /** What has happened, one sentence. */
  readonly meaning: string
  /** What the user does about it, one sentence. */
  readonly cure: string
}

export const INPUT_CODES = {
  // Text, YAML and JSON.
  TEXT_TOO_LARGE: {
    meaning: 'A file, or all files together, are larger than svcsim reads.',
    cure: 'Split the file, or leave out manifests that the question does not depend on.',
  },
  TEXT_NOT_PRINTABLE: {
    meaning:
      'A file is not UTF-8, or holds a control character, a carriage return that ends no line, or a byte order mark inside.',
    cure: 'Save the file as UTF-8 text; check that it is no binary file.',
  },
  YAML_SYNTAX: {
    meaning: 'The text is not YAML (nor JSON, which is a part of YAML).',
    cure: 'Mend the place shown; often it is the indentation, a tab or a missing quote some lines above.',
  },
  YAML_NOT_PLAIN: {
    meaning: 'A large document uses parts of YAML that only the complete, slower reader knows.',
    cure: 'Write it without anchors, aliases, tags and tabs, or split it.',
  },
  YAML_TOO_DEEP: {
    meaning: 'Maps and lists are nested deeper than any Kubernetes object.',
    cure: 'Check that the file is a manifest; a bracket may be missing.',
  },
  YAML_TOO_MANY_NODES: {
    meaning: 'A file holds too many values, counting every alias as all that it stands for.',
    cure: 'Split the file, or use fewer aliases.',
  },
  YAML_TOO_MANY_KEYS: {
    meaning: 'One map has more keys than any Kubernetes object needs.',
    cure: 'Check that the file is a manifest.',
  },
  YAML_ALIAS: {
    meaning:
      'An alias (`*name`) has no anchor before it, stands inside its own anchor, or there are too many.',
    cure: 'Write the anchor (`&name`) before the alias, or write the value out.',
  },
  YAML_DUPLICATE_KEY: {
    meaning: 'A key stands twice in one map, so one of its values would be lost.',
    cure: 'Remove one of the two.',
  },
  YAML_KEY: {
    meaning: 'A key is missing, or is not a plain text.',
    cure: 'Write the key as a text before the colon, in quotes if need be.',
  },
  YAML_TAG: {
    meaning: 'A tag such as `!Ref` or `!!binary` is not known, or does not fit its value.',
    cure: 'Remove the tag; resolve such tags with the tool that they belong to first.',
  },
  YAML_NUMBER: {
    meaning: 'A number can not be held exactly: too large, too small, too many digits, or no number at all.',
    cure: 'Write fewer digits, or put it in quotes if it is a text.',
  },
  YAML_AMBIGUOUS: {
    meaning:
      'A value means one thing to kubectl (YAML 1.1) and another to YAML 1.2: `yes`, `on`, `014`, `1_000`.',
    cure: 'Put it in quotes if it is a text; else write `true`, `false` or plain decimal digits.',
  },

  MORE_LEFT_OUT: {
    meaning: 'There may be more errors or warnings than are told in one pass.',
    cure: 'Mend those that are told, and run again.',
  },

  // Fields, in manifests, scenarios and settings.
  FIELD_UNKNOWN: {
    meaning: 'A field has a name that is not known there; an error where it looks misspelt, else a warning.',
    cure: 'Take the name that is proposed, or remove the field.',
  },
  FIELD_MISSING: {
    meaning: 'A field that is required is missing or empty.',
    cure: 'Add it.',
  },
  FIELD_TYPE: {
    meaning: 'A field holds the wrong type of value, such as a number where a text is wanted.',
    cure: 'Write the type that the message names; labels and environment variables want quotes around numbers.',
  },
  FIELD_VALUE: {
    meaning: 'A value is out of its range, not one of the words allowed, or not of the right form.',
    cure: 'Take a value that the message allows.',
  },
  FIELD_FORBIDDEN: {
    meaning: 'A field does not go together with another one, so Kubernetes refuses the object.',
    cure: 'Remove one of the two, as the message says.',
  },
  FIELD_IGNORED: {
    meaning: 'A field of the manifests is read, but what it does is not modelled.',
    cure: 'Bear it in mind when reading the results, or remove the field from the question.',
  },
  NAME_DUPLICATE: {
    meaning: 'Two things of one kind have the same name.',
    cure: 'Rename one of them.',
  },
  NAME_UNKNOWN: {
    meaning: 'A name is used that nothing has.',
    cure: 'Take the name that is proposed, or add what it names.',
  },
  LIMIT_EXCEEDED: {
    meaning:
      'The input asks for more nodes, pods, Services, endpoints, requests, simulated time or text than svcsim takes.',
    cure: 'Ask for less; the message names the limit.',
  },

  // Manifests.
  OBJECT_SHAPE: {
    meaning: 'A document is no Kubernetes object: no map, or without apiVersion or kind.',
    cure: 'Write apiVersion, kind, metadata and spec; separate objects by a line `---`.',
  },
  OBJECT_VERSION: {
    meaning: 'An object has an apiVersion that its kind does not have, or no longer has.',
    cure: 'Take the apiVersion that is proposed.',
  },
  OBJECT_DUPLICATE: {
    meaning: 'Two objects have the same kind, namespace and name; kubectl would keep the last one.',
    cure: 'Remove or rename one of them.',
  },
  KIND_UNKNOWN: {
    meaning: 'A kind looks like a misspelt one that svcsim reads.',
    cure: 'Take the kind that is proposed.',
  },
  KIND_IGNORED: {
    meaning:
      'Objects of a kind that svcsim does not model were left out; other API groups count as other kinds.',
    cure: 'Bear it in mind when reading the results.',
  },
  POD_FINISHED: {
    meaning: 'A Pod has finished (phase Succeeded or Failed); it takes no traffic and was left out.',
    cure: 'Nothing, or remove it from the manifests.',
  },
  SELECTOR_MISMATCH: {
    meaning: 'The selector of a workload does not select the pods of its own template.',
    cure: 'Give the template the labels that the selector asks for.',
  },
  IP_FAMILY: {
    meaning:
      'An address is of the family that the cluster does not have, or both families are asked for; clusters of both are not modelled.',
    cure: 'Set spec.cluster.ipFamily of the scenario to the family of the manifests, and keep to one.',
  },

  // Services.
  SVC_PORTS_MISSING: {
    meaning: 'A Service has no ports; only a headless Service and ExternalName may have none.',
    cure: 'Add spec.ports.',
  },
  SVC_PORT_NAME: {
    meaning:
      'A port of a Service or container has no name where it needs one, a wrong one, or the name of another.',
    cure: 'With more than one port give each a name of its own: lower-case letters, digits and `-`.',
  },
  SVC_PORT_DUPLICATE: {
    meaning: 'Two ports of a Service have the same number and protocol.',
    cure: 'Remove one of them.',
  },
  NODE_PORT_FORBIDDEN: {
    meaning: 'A node port is set where the type of the Service allows none.',
    cure: 'Remove nodePort, or set type: NodePort.',
  },
  NODE_PORT_RANGE: {
    meaning: 'A node port lies outside the range of the cluster.',
    cure: 'Take a port of the range, or set spec.cluster.nodePortRange of the scenario.',
  },
  NODE_PORT_CLASH: {
    meaning: 'A node port is used twice; Kubernetes gives each to one Service only.',
    cure: 'Take another port, or leave nodePort out to have one assigned.',
  },
  SVC_AFFINITY_CONFIG: {
    meaning: 'sessionAffinityConfig is set although sessionAffinity is None, so it would have no effect.',
    cure: 'Set sessionAffinity: ClientIP, or remove sessionAffinityConfig.',
  },
  SVC_AFFINITY_TIMEOUT: {
    meaning: 'The timeout of the session affinity is not between 1 and 86,400 seconds.',
    cure: 'Take a value of that range; 10,800 is the default.',
  },
  SVC_CLUSTER_IP: {
    meaning: 'The cluster IP of a Service is no address, or not allowed for its type.',
    cure: 'Leave clusterIP out, or write an IPv4 address, or None for a headless Service.',
  },
  CLUSTER_IP_CLASH: {
    meaning: 'Two Services have the same cluster IP.',
    cure: 'Leave clusterIP out of one of them.',
  },
  SVC_EXTERNAL_NAME: {
    meaning: 'A Service of type ExternalName has no externalName, or one that is no DNS name.',
    cure: 'Set spec.externalName to a DNS name.',
  },
  SVC_TRAFFIC_POLICY: {
    meaning: 'externalTrafficPolicy is set for a Service that can not be reached from outside.',
    cure: 'Remove it, or set type NodePort or LoadBalancer.',
  },
  SVC_HEALTH_CHECK_PORT: {
    meaning: 'healthCheckNodePort is set without type LoadBalancer and externalTrafficPolicy Local.',
    cure: 'Remove it.',
  },
  SVC_SOURCE_RANGE: {
    meaning: 'loadBalancerSourceRanges holds no range of addresses, or the type is not LoadBalancer.',
    cure: 'Write ranges such as 10.0.0.0/8, for type LoadBalancer only.',
  },
  SVC_EXTERNAL_IP: {
    meaning: 'An external IP is no address, or one that can not be an external IP (loopback, link-local).',
    cure: 'Write an IPv4 address at which nodes receive packets.',
  },

  // Scenario.
  SCENARIO_SHAPE: {
    meaning: 'The file is no scenario, or holds more than one document.',
    cure: 'Write one document with apiVersion: svcsim.dev/v1alpha1 and kind: Scenario; `svcsim init` writes one.',
  },
  DURATION: {
    meaning: 'A length of time can not be read.',
    cure: 'Write a number with a unit: 250us, 5ms, 30s, 1m30s, 2h.',
  },
  RATE: {
    meaning: 'A rate can not be read.',
    cure: 'Write a number per time: 400/s, 30/m, 10/h.',
  },
  QUANTITY: {
    meaning: 'A quantity can not be read.',
    cure: 'Write a number as in Kubernetes: 500m, 2, 1Gi.',
  },
  DISTRIBUTION: {
    meaning: 'The figures given do not determine a distribution, or no such distribution exists.',
    cure: 'Give the mean and one more figure, as the message says.',
  },
  REFERENCE: {
    meaning: 'A reference to a Service can not be read.',
    cure: 'Write NAME:PORT, NAME.NAMESPACE:PORT or NAME.NAMESPACE.svc.cluster.local:PORT.',
  },
  ADDRESS_RANGE: {
    meaning: 'A range of addresses can not be read, or overlaps another one of the cluster.',
    cure: 'Write ranges such as 10.244.0.0/16 that do not overlap.',
  },
  WARM_UP_TOO_LONG: {
    meaning: 'The warm-up does not end before the horizon, so nothing would be measured.',
    cure: 'Make the horizon longer or the warm-up shorter.',
  },
  GAP_MEAN: {
    meaning: 'The mean gap between arrivals is not the inverse of their rate.',
    cure: 'Make the mean of gap 1/rate, or leave gap out.',
  },

  // Settings from the command line and sweeps.
  SETTING_SYNTAX: {
    meaning: 'A setting or axis can not be read.',
    cure: 'Write PATH=VALUE for a setting; PATH=1..10, PATH=10..100/10 or PATH=a,b,c for an axis.',
  },
  SETTING_PATH: {
    meaning: 'A setting names a field or object that does not exist.',
    cure: 'Take the name that is proposed; lists are indexed by name, as in clients.browsers.count.',
  },
} as const satisfies Record<string, CodeEntry>
