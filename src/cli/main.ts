#!/usr/bin/env node
/** The program: the command line as a function, given the real machine. */
import { runCommandLine } from './command-line.js'
import { machineSurroundings } from './machine.js'

// All output has been handed to the system by then, and a standard input that nobody reads keeps nothing alive.
process.exit(await runCommandLine(process.argv.slice(2), machineSurroundings()))
