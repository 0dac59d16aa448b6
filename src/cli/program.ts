/**
 * Every verb with its arguments, options and help. What a verb does is loaded when it is called, so that help and
 * `--version` come at once. Help is written for someone who knows Kubernetes and has never seen svcsim.
 */
import { Command, Option } from 'commander'
import { VERSION } from '../base/version.js'
import { EXIT } from './exit-codes.js'
import {
  addExecutionOptions,
  addInputOptions,
  addJudgingOptions,
  addMaxReplications,
  addOutputOptions,
  addPlacesOptions,
  addSettlingOptions,
  collected,
  countUpTo,
  formatOption,
  positiveNumber,
  seedNumber,
  workersOption,
} from './options.js'
import type { Surroundings } from './surroundings.js'

const HELP_WIDTH = 100

const ABOUT = `Simulates Kubernetes Services from your own manifests: where connections go, how long requests take,
whether a client stays on its pod. No cluster is needed; the same input gives the same bytes.`

const GENERAL_EXAMPLES = `
A scenario is a file that says who sends requests and how pods behave; \`svcsim init\` writes one.

Examples:
  svcsim init ./manifests                              write a scenario for the manifests of a folder
  svcsim run ./manifests                               run it
  svcsim sweep ./manifests --set web.replicas=1..10    how many replicas?
  helm template . | svcsim run scenario.yaml -f -      manifests from a pipe

Exit codes: ${EXIT.done} done, ${EXIT.difference} a difference was found, ${EXIT.usage} wrong usage, ${EXIT.invalidInput} invalid input, ${EXIT.ourFault} a fault of svcsim,
            ${EXIT.outputFailed} output could not be written, ${EXIT.thresholdFailed} a threshold was not kept, ${EXIT.interrupted} interrupted.
Seed, version and the command that repeats a run are part of every result.`

const WHEN_UNDECIDED = ['fail', 'pass', 'extend']
const MODES = ['iptables', 'nftables', 'ipvs']
/** Enough to tell a few percent apart; an undecided number of replicas counts as not enough. */
const CAPACITY_REPLICATIONS = 24
const PROTOCOLS = ['tcp', 'udp', 'sctp']

const CLUSTER_ARGUMENT =
  'one scenario (file or folder), or manifests: files, folders, or - for the standard input'

const SCENARIO_ARGUMENT = 'scenario file, folder with a scenario.yaml, or - for the standard input'

/** The command line of svcsim. It writes to `print` and `complain`, and throws CommanderError in place of exiting. */
export function makeProgram(
  surroundings: Surroundings,
  print: (text: string) => void,
  complain: (text: string) => void,
): Command {
  const program = new Command('svcsim')
    .description(ABOUT)
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [verb]', 'print help of a verb')
    .usage('VERB [OPTIONS]')
    .addHelpText('after', GENERAL_EXAMPLES)
    .exitOverride()
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: print,
      writeErr: complain,
      outputError: () => {},
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
  addRun(program, surroundings)
  addSweep(program, surroundings)
  addSolve(program, surroundings)
  addCapacity(program, surroundings)
  addCompare(program, surroundings)
  addCheck(program, surroundings)
  addTrace(program, surroundings)
  addRules(program, surroundings)
  addInit(program, surroundings)
  addBench(program, surroundings)
  addWorkload(program, surroundings)
  addReport(program, surroundings)
  addWorker(program, surroundings)
  addExplain(program, surroundings)
  addSchema(program, surroundings)
  return program
}

function addRun(program: Command, surroundings: Surroundings): void {
  const command = verb(
    program,
    'run',
    'run a scenario and print who called whom, latency, spread and stickiness',
    [
      'svcsim run scenarios/counter',
      'svcsim run scenarios/counter --set counter.replicas=5 --replications 10 --output results.json',
    ],
  ).argument('<scenario>', SCENARIO_ARGUMENT)
  addInputOptions(command, 'set a field, as in counter.replicas=5 or clients.browsers.arrivals.rate=400/s')
  addJudgingOptions(command, WHEN_UNDECIDED)
  addSettlingOptions(command)
  addExecutionOptions(command)
  addPerReplicationOption(command)
  addOutputOptions(command).action(async (scenario, options) =>
    (await import('./verbs/run.js')).runVerb(scenario, options, surroundings),
  )
}

function addSweep(program: Command, surroundings: Surroundings): void {
  const command = verb(program, 'sweep', 'run a scenario at every combination of settings; one row each', [
    'svcsim sweep scenarios/counter --set counter.replicas=1..10',
    'svcsim sweep scenarios/counter --set counter.replicas=2,5 --set clients.browsers.count=10..100/10 --output sweep/',
    'svcsim sweep scenarios/counter --set counter.replicas=1..50 --queue redis://queue.example:6379',
  ]).argument('<scenario>', SCENARIO_ARGUMENT)
  addInputOptions(
    command,
    'vary a field: PATH=1..10, PATH=10..100/10, PATH=a,b,c, in place of the sweep of the scenario; or set it: PATH=VALUE',
  )
  addJudgingOptions(command, WHEN_UNDECIDED)
  addSettlingOptions(command)
  addExecutionOptions(command)
  addPerReplicationOption(command)
  addOutputOptions(command).action(async (scenario, options) =>
    (await import('./verbs/sweep.js')).sweepVerb(scenario, options, surroundings),
  )
}

function addSolve(program: Command, surroundings: Surroundings): void {
  const command = verb(
    program,
    'solve',
    'seek the least or greatest value that keeps thresholds: how many replicas?',
    [
      "svcsim solve scenarios/counter --minimise counter.replicas --range 1..50 --until 'p99 < 250ms'",
      "svcsim solve counter.yaml --maximise clients.browsers.arrivals.rate --range 100..2000/s --until 'p99 < 1s'",
    ],
  ).argument('<scenario>', SCENARIO_ARGUMENT)
  command
    .option('--minimise <path>', 'seek the least value of this field, e.g. counter.replicas')
    .option('--maximise <path>', 'seek the greatest value of this field')
    .requiredOption('--range <first..last>', 'where to seek: 1..50, 100..2000/s')
    .option('--step <size>', 'distance of values; 1 by default, or a hundredth of a range with a unit')
    .option(
      '--until <text>',
      "what is to hold, as 'p99 < 250ms'; beside the thresholds of the scenario",
      collected,
    )
  addInputOptions(command, 'set a field, as for run')
  addMaxReplications(command)
  addPlacesOptions(command)
  addOutputOptions(command).action(async (scenario, options) =>
    (await import('./verbs/solve.js')).solveVerb(scenario, options, surroundings),
  )
}

function addCapacity(program: Command, surroundings: Surroundings): void {
  const command = verb(
    program,
    'capacity',
    'how many replicas for which rate, without a node, with other settings; one page to decide from',
    [
      "svcsim capacity scenarios/counter --rate 100..2000/s --replicas 1..20 --slo 'p99 < 250ms' --slo 'errors < 0.1%' -o capacity/",
      "svcsim capacity my-manifests/ --rate 50..500/s --replicas 2..12 --slo 'p95 < 100ms' --at 300/s -o capacity.html",
    ],
  ).argument('<scenario>', SCENARIO_ARGUMENT)
  command
    .requiredOption('--rate <first..last>', 'rates of the client group, as 100..2000/s')
    .option('--rate-step <size>', 'distance of rates; at most ten round steps by default')
    .requiredOption('--replicas <first..last>', 'numbers of replicas of the workload that it calls, as 1..20')
    .option(
      '--slo <text>',
      "an objective, as 'p99 < 250ms' or 'errors < 0.1%'; beside the thresholds of the scenario",
      collected,
    )
    .option('--at <rate>', 'the rate of the details; that of the scenario by default')
    .option('--client <name>', 'the client group whose rate varies, where there are several')
    .option('--workload <name>', 'the workload whose replicas vary, where the Service leads to several')
  addInputOptions(command, 'set a field, as for run')
  addMaxReplications(command, CAPACITY_REPLICATIONS)
  addPlacesOptions(command)
  addOutputOptions(command).action(async (scenario, options) =>
    (await import('./verbs/capacity.js')).capacityVerb(scenario, options, surroundings),
  )
}

function addPerReplicationOption(command: Command): void {
  command.option('--per-replication', 'keep figures of single replications in results, for svcsim compare')
}

function addCompare(program: Command, surroundings: Surroundings): void {
  const command = verb(
    program,
    'compare',
    'run alternatives on the same random numbers; say which differences are real',
    [
      "svcsim compare scenarios/counter --variant 'four: counter.replicas=4' --variant 'five: counter.replicas=5'",
      "svcsim compare scenarios/counter --variant 'sticky: service.counter-np.sessionAffinity=ClientIP' --exit-code",
      'svcsim compare before/ after/ --format md --output comparison.md',
      'svcsim compare before.json after.json    (of `svcsim run --per-replication --output before.json`)',
    ],
  )
    .argument('<path...>', 'scenarios (files or folders) or saved results; the first is the baseline')
    .option(
      '--variant <variant>',
      "'NAME: PATH=VALUE,PATH=VALUE' of one scenario; the first is the baseline, of one alone the scenario as it is",
      collected,
    )
    .option('--exit-code', `end with ${EXIT.difference} if a difference is real`)
  addInputOptions(command, 'set a field in every alternative')
  addPlacesOptions(command)
    .addOption(
      new Option('--format <format>', 'what to print').choices(['text', 'json', 'csv', 'md']).default('text'),
    )
    .option('-o, --output <path>', 'also write FILE.json, .csv or .md; or FOLDER/ for all of them')
    .option('-q, --quiet', 'no progress and notes; with --output, print nothing')
    .action(async (paths, options) =>
      (await import('./verbs/compare.js')).compareVerb(paths, options, surroundings),
    )
}

function addCheck(program: Command, surroundings: Surroundings): void {
  verb(program, 'check', 'check a scenario, or manifests alone; run nothing', [
    'svcsim check scenarios/counter',
    'helm template . | svcsim check -',
  ])
    .argument(
      '<path...>',
      'one scenario (file or folder), or manifests: files, folders, or - for the standard input',
    )
    .option('-f, --filename <path>', 'manifests in place of those that the scenario names', collected)
    .option('--set <path=value>', 'set or vary a field, as for run and sweep', collected)
    .option('-q, --quiet', 'print errors and warnings only')
    .action(async (paths, options) =>
      (await import('./verbs/check.js')).checkVerb(paths, options, surroundings),
    )
}

function addTrace(program: Command, surroundings: Surroundings): void {
  const command = verb(program, 'trace', 'follow one packet through the rules of every node that it passes', [
    'svcsim trace scenarios/counter --from external --to counter-np:3000 --via node-a',
    'svcsim trace ./manifests --from pod/web-0 --to redis:6379',
    'svcsim trace ./manifests --from node/node-a --to localhost:31000 --rules node-a=iptables-save.txt',
  ])
    .argument('<path...>', CLUSTER_ARGUMENT)
    .requiredOption('--from <source>', 'pod/NAME, node/NAME, an address, or external: a client outside')
    .requiredOption(
      '--to <destination>',
      'SERVICE:PORT as the client would write it, ADDRESS:PORT, or pod/NAME:PORT',
    )
    .option('--via <node>', 'the node by which a client outside comes in; the first by default')
    .addOption(new Option('--protocol <protocol>', 'that of the Service port by default').choices(PROTOCOLS))
    .option('--source-port <n>', 'port of the client', countUpTo(65_535))
    .option('--remembered <pod>', 'a pod that remembers the client, by session affinity')
    .option(
      '--draw <n>',
      'follow one way: with the n-th random numbers of the seed; all ways by default',
      countUpTo(1_000_000),
    )
    .option('--rules <node=dump>', 'take the rules of a node from its iptables-save', collected)
    .option('--pod-interface <name>', 'the interface of pods that rules ask for, as in cali12ab34cd56e')
    .option('--all-rules', 'show each rule; long rows that do not match are summed up by default')
  addClusterOptions(command)
    .addOption(new Option('--format <format>', 'what to print').choices(['text', 'json']).default('text'))
    .action(async (paths, options) =>
      (await import('./verbs/trace.js')).traceVerb(paths, options, surroundings),
    )
}

function addRules(program: Command, surroundings: Surroundings): void {
  const command = verb(
    program,
    'rules',
    'print the rules that kube-proxy writes on a node, or compare them with those of a real node',
    [
      'svcsim rules scenarios/counter --node node-a',
      'svcsim rules ./manifests --node node-a --mode nftables | nft -c -f -',
      'ssh node-a iptables-save | svcsim rules ./manifests --node node-a --diff -',
    ],
  )
    .argument('<path...>', CLUSTER_ARGUMENT)
    .requiredOption('--node <node>', 'the node')
    .addOption(
      new Option('--mode <mode>', 'what kube-proxy programs, in place of proxy.mode of the scenario').choices(
        MODES,
      ),
    )
    .option('--service <name>', 'NAME or NAMESPACE/NAME: rules of one Service, with those of every node')
    .addOption(new Option('--table <table>', 'one table of iptables').choices(['nat', 'filter']))
    .option(
      '--diff <dump>',
      'compare with the iptables-save of a node (a file, or -): has its kube-proxy synced the manifests?',
    )
  addClusterOptions(command)
    .addOption(new Option('--format <format>', 'what to print').choices(['text', 'json']).default('text'))
    .action(async (paths, options) =>
      (await import('./verbs/rules.js')).rulesVerb(paths, options, surroundings),
    )
}

/** `-f`, `--set`, `--seed`, `-q`: what settles a cluster that nothing is run on. */
function addClusterOptions(command: Command): Command {
  return command
    .option('-f, --filename <path>', 'manifests in place of those that the scenario names', collected)
    .option('--set <path=value>', 'set a field, as for run', collected)
    .option('--seed <n>', 'number that all randomness derives from', seedNumber)
    .option('-q, --quiet', 'no warnings')
}

function addInit(program: Command, surroundings: Surroundings): void {
  verb(program, 'init', 'write a commented scenario for manifests', [
    'svcsim init ./manifests',
    'helm template . > web.yaml && svcsim init web.yaml --output scenario.yaml',
  ])
    .argument('[path...]', 'manifests: files or folders; the working directory by default')
    .option('--output <file>', 'where to write, or - to print; scenario.yaml beside the manifests by default')
    .option('--force', 'replace a file that exists')
    .action(async (paths, options) =>
      (await import('./verbs/init.js')).initVerb(paths, options, surroundings),
    )
}

function addBench(program: Command, surroundings: Surroundings): void {
  const bench = group(program, 'bench', 'compare parts of the product on built-in scenarios')
  const command = verb(
    bench,
    'routing',
    'compare load-balancing algorithms, over even pods and with a slow one',
    ['svcsim bench routing', 'svcsim bench routing --pods 30 --utilisation 0.8 --replications 30'],
  )
    .option('--pods <n>', 'pods behind the load balancer', countUpTo(1_000), 10)
    .option('--clients <n>', 'clients, each with an address of its own', countUpTo(100_000), 100)
    .option(
      '--utilisation <ratio>',
      'share of the capacity of equal pods that is asked for',
      positiveNumber,
      0.7,
    )
    .option('--rate <n>', 'requests per second of all clients, in place of --utilisation', positiveNumber)
    .option('--seed <n>', 'number that all randomness derives from', seedNumber)
    .option('--replications <n>', 'independent runs of each row', countUpTo(100_000))
  addExecutionOptions(command)
  addOutputOptions(command).action(async (options) =>
    (await import('./verbs/bench.js')).benchRoutingVerb(options, surroundings),
  )
}

function addWorkload(program: Command, surroundings: Surroundings): void {
  const workload = group(program, 'workload', 'record what clients ask for, to replay it')
  const command = verb(workload, 'record', 'write the requests of a scenario as a trace; run nothing', [
    'svcsim workload record scenarios/counter --output counter.msgpack',
    'svcsim sweep scenarios/counter --trace counter.msgpack --set counter.replicas=1..10',
  ])
    .argument('<scenario>', SCENARIO_ARGUMENT)
    .requiredOption(
      '--output <file>',
      'the trace (MessagePack); --trace FILE, or workload: {trace: FILE} in a scenario, replays it',
    )
    .option('-q, --quiet', 'print nothing')
    .option('-f, --filename <path>', 'manifests in place of those that the scenario names', collected)
    .option('--set <path=value>', 'set a field, as for run', collected)
    .option('--seed <n>', 'number that all randomness derives from', seedNumber)
  command.action(async (scenario, options) =>
    (await import('./verbs/workload.js')).recordVerb(scenario, options, surroundings),
  )
}

function addReport(program: Command, surroundings: Surroundings): void {
  const command = verb(program, 'report', 'render saved results again, without a run', [
    'svcsim report results.json --format md --output report/',
    'svcsim report part1.json part2.json --format csv > all.csv',
    'svcsim report before.json after.json',
    'svcsim report before.json after.json --format html > comparison.html',
  ])
    .argument(
      '<results...>',
      'results (.json or .msgpack); parts of one experiment are joined, others are compared with the first',
    )
    .addOption(formatOption('what to render; md has charts beside it, hgrm a file for each call'))
    .option(
      '--output <path>',
      'write the files of the report into FOLDER/, or FILE.html and so on; printed by default',
    )
    .option('--assumptions', 'list every assumption in force, with its source')
    .option('-q, --quiet', 'no notes')
  addJudgingOptions(command, ['fail', 'pass']).action(async (results, options) =>
    (await import('./verbs/report.js')).reportVerb(results, options, surroundings),
  )
}

function addWorker(program: Command, surroundings: Surroundings): void {
  verb(program, 'worker', 'run replications for svcsim on other machines, from a queue, until Ctrl-C', [
    'svcsim worker --queue redis://queue.example:6379',
    'svcsim worker --queue rediss://USER:PASSWORD@queue.example:6380 --workers 16',
  ])
    .requiredOption('--queue <address>', 'Redis or Valkey server: redis://HOST:PORT')
    .addOption(workersOption())
    .option('-q, --quiet', 'no notes')
    .action(async (options) => (await import('./verbs/worker.js')).workerVerb(options, surroundings))
}

function addExplain(program: Command, surroundings: Surroundings): void {
  verb(program, 'explain', 'say what a metric, an error code, a preset or a field of a scenario means', [
    'svcsim explain                        what can be asked',
    'svcsim explain responseTime.p99       a metric, and how a threshold on it is written',
    'svcsim explain SVC_NO_POD             an error code and its cure',
    'svcsim explain costs/iptables-nft     constants of a preset with their sources',
    'svcsim explain pods.servers           a field of a scenario',
  ])
    .argument('[what]', 'the name; KIND:NAME where it can mean several things')
    .addOption(new Option('--format <format>', 'what to print').choices(['text', 'json']).default('text'))
    .action(async (what, options) =>
      (await import('./verbs/explain.js')).explainVerb(what, options, surroundings),
    )
}

function addSchema(program: Command, surroundings: Surroundings): void {
  verb(program, 'schema', 'print a JSON Schema, for editors and other programs', [
    'svcsim schema > scenario.schema.json',
    'svcsim schema results',
  ])
    .argument('[what]', 'scenario, results, comparison, trace, rules or rules-diff', 'scenario')
    .action(async (what) => (await import('./verbs/schema.js')).schemaVerb(what, surroundings))
}

function verb(parent: Command, name: string, summary: string, examples: readonly string[]): Command {
  const text = `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${examples.map((each) => `  ${each}\n`).join('')}`
  return parent
    .command(name)
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .summary(summary)
    .addHelpText('after', text.trimEnd())
}

function group(parent: Command, name: string, summary: string): Command {
  return parent
    .command(name)
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .summary(summary)
}
