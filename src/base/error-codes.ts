/**
 * Every code that an error or a warning can carry, with what it means and what to do. One table: the documentation
 * (`src/input/README.md`) is generated from it, and a test asks that each code is raised by some test.
 */
import { FLOW_CODES } from './error-codes-flow.js'
import { type CodeEntry, INPUT_CODES } from './error-codes-input.js'
import { KUBERNETES_CODES } from './error-codes-kubernetes.js'

/** By code, in the order of the documentation. New codes go to the end of the part that they belong to. */
export const ERROR_CODES = {
  USAGE: {
    meaning: 'The command line can not be understood.',
    cure: 'Read `svcsim help` or `svcsim help VERB`.',
  },
  FILE_UNREADABLE: {
    meaning: 'A file or folder that is named can not be read, or a folder holds no manifests.',
    cure: 'Check the path; paths inside a scenario are relative to the folder of that scenario.',
  },
  OUTPUT_FAILED: {
    meaning: 'A file or the standard output could not be written; a file that stood there before is whole.',
    cure: 'Make room, or name another place; the message gives the cause.',
  },
  JOURNAL_MISMATCH: {
    meaning: 'A journal is of another experiment or another version of svcsim, or no journal at all.',
    cure: 'Give the command line that was interrupted, with --resume; or remove the file, and begin anew.',
  },
  QUEUE_UNREACHABLE: {
    meaning: 'The server that is to hand out tasks does not answer, or its address can not be read.',
    cure: 'Start Redis or Valkey there; write redis://HOST:PORT or rediss://USER:PASSWORD@HOST:PORT.',
  },
  QUEUE_PLAN: {
    meaning: 'An experiment that was not made from texts is to run on other machines.',
    cure: 'Make the plan by loadExperiment, or run it in threads: workers in place of queue.',
  },
  ...INPUT_CODES,
  ...KUBERNETES_CODES,
  ...FLOW_CODES,
  UNSTABLE_LOAD: {
    meaning:
      'Requests come faster than they can be served: a call has no steady state, its response times no meaning of their own.',
    cure: 'Add replicas or servers, or lower the rate; of an overload that is meant, read outcomes and throughput.',
  },
  TABLE_STILL_FILLS: {
    meaning:
      'A run ends before the table of connections of a node is as full as it gets, and it would be too full: the figures are of the time before.',
    cure: 'Make the horizon longer than spec.limits.conntrackTimeWait (120 s), keep connections open, or enlarge the table.',
  },
  REQUESTS_HANG: {
    meaning:
      'A run ends while requests hang that have neither completed nor failed, so no objective sees them.',
    cure: 'Make the horizon longer than the time-outs of the clients, or the time-outs shorter.',
  },
  WARM_UP_UNCERTAIN: {
    meaning: 'A pilot run was too short for MSER-5 to tell where its warm-up ends.',
    cure: 'Make the horizon longer, or give the warm-up as a duration.',
  },
  RESULTS_INVALID: {
    meaning: 'A results file does not have the form that svcsim writes.',
    cure: 'Run svcsim again to write the file anew; `svcsim schema results` prints the form.',
  },
  RESULTS_VERSION: {
    meaning: 'A results file was written in another version of the results format.',
    cure: 'Run the scenario again with this svcsim, or render the file with the svcsim that wrote it.',
  },
  RESULTS_MISMATCH: {
    meaning: 'Results that can not belong to one experiment were to be merged.',
    cure: 'Merge only results of the same scenario, seed, replications and version, each point once.',
  },
  METRIC_UNKNOWN: {
    meaning: 'A metric was named that svcsim does not measure.',
    cure: 'Take a name from the table in src/results/README.md.',
  },
  THRESHOLD_SYNTAX: {
    meaning: 'A threshold can not be read, or its value does not go with its metric.',
    cure: 'Write METRIC OP VALUE, as in p99 < 250ms or service.web.errors <= 0.1%.',
  },
  CALL_UNKNOWN: {
    meaning: 'A table asks for a call that the results do not hold.',
    cure: 'Write it as CALLER→SERVICE, with a client group or workload and a Service that it calls.',
  },
  NF_SYNTAX: {
    meaning: 'A line of an iptables dump can not be read.',
    cure: 'Give the text that `iptables-save` prints or that kube-proxy hands to `iptables-restore`, unchanged.',
  },
  NF_UNSUPPORTED: {
    meaning:
      'A dump holds a table, match, target or option that svcsim does not model, or is of another program than iptables-save.',
    cure: 'Give the output of `iptables-save`; remove the rule if the question does not depend on it.',
  },
  NF_CHAIN_UNKNOWN: {
    meaning: 'A rule jumps to a chain that its table does not have.',
    cure: 'Declare the chain with a line `:NAME - [0:0]`, or remove the rule.',
  },
  NF_CHAIN_LOOP: {
    meaning: 'A chain can reach itself through jumps or gotos; the kernel refuses such a table.',
    cure: 'Remove one of the jumps that the message names.',
  },
  NF_TARGET_MISPLACED: {
    meaning:
      'A target stands where the kernel does not allow it, such as DNAT outside PREROUTING and OUTPUT.',
    cure: 'Move the rule to a chain that only the right hooks of the right table reach.',
  },
  CALL_CYCLE: {
    meaning:
      'Calls between workloads lead back to where they began, more than eight deep, or to over 1,000 for one request.',
    cure: 'Take one of the calls named in the message out of `spec.pods`.',
  },
  CALL_UNKNOWN_SERVICE: {
    meaning: 'A client group or a call names a Service or a Service port that does not exist.',
    cure: 'Write the name of a Service among the manifests and one of its ports, as NAME:PORT.',
  },
  CALL_DNS_POD: {
    meaning:
      'A client group or a call leads to pods of CoreDNS, which are modelled as answering DNS queries only.',
    cure: 'Set `spec.dns.mode: constant`, or leave the call out.',
  },
  CLIENTS_DO_NOT_FIT: {
    meaning: 'A range of addresses is too small for the clients of a group.',
    cure: 'Take fewer clients, or a larger range in `spec.cluster.podCidr`.',
  },
  COST_UNKNOWN: {
    meaning: 'The scenario sets a cost that the model does not have.',
    cure: 'Take a name from the table in src/model/README.md.',
  },
  TRACE_INVALID: {
    meaning: 'A file is no recorded workload of this version, or its columns make no sense.',
    cure: 'Record it again with `svcsim workload record`.',
  },
  TRACE_MISMATCH: {
    meaning: 'A recorded workload does not fit the scenario: a client group, its size or its calls differ.',
    cure: 'Record the workload again from this scenario, or undo the change to its clients or calls.',
  },
} as const satisfies Record<string, CodeEntry>

/** A stable code, e.g. `SVC_NO_POD`. */
export type DiagnosticCode = keyof typeof ERROR_CODES
