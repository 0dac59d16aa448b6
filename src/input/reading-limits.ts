/**
 * Refusals of texts that are too large or too deep, each naming its limit.
 */
import { InputError } from '../base/diagnostics.js'
import type { DiagnosticCode } from '../base/error-codes.js'
import type { Limits } from './limits.js'
import { placeAt, type SourceFile } from './source-file.js'
import { shortened } from './words.js'
import { hintAt } from './yaml-hints.js'

/** @throws InputError YAML_TOO_DEEP */
export function refuseDepth(file: SourceFile, at: number, limits: Limits): never {
  const message = `Maps and lists are nested more than ${limits.nesting} deep`
  refuse(
    file,
    at,
    'YAML_TOO_DEEP',
    message,
    'no Kubernetes object is nested this deep; look for a bracket that is not closed',
  )
}

/** @throws InputError YAML_TOO_MANY_NODES */
export function refuseNodeCount(file: SourceFile, at: number, limits: Limits): never {
  const message = `The file holds more than ${limits.nodes} values, counting what aliases stand for`
  refuse(file, at, 'YAML_TOO_MANY_NODES', message, 'split the file, or write fewer aliases')
}

/** @throws InputError YAML_TOO_MANY_KEYS */
export function refuseKeyCount(file: SourceFile, at: number, limits: Limits): never {
  const message = `A map has more than ${limits.mapKeys} keys`
  refuse(
    file,
    at,
    'YAML_TOO_MANY_KEYS',
    message,
    'no field of a Kubernetes object needs so many; leave the object out',
  )
}

/**
 * @param at - where the key stands; `firstAt` where it stands for the first time
 * @throws InputError YAML_DUPLICATE_KEY
 */
export function refuseDuplicateKey(file: SourceFile, at: number, firstAt: number, key: string): never {
  const place = placeAt(file, at, at + key.length)
  const message = `The key "${shortened(key)}" is there twice`
  const hint = `the first is in line ${placeAt(file, firstAt, firstAt).line}; remove one of them`
  throw new InputError([{ severity: 'error', code: 'YAML_DUPLICATE_KEY', message, hint, place }])
}

/** @throws InputError with one error at one character */
export function refuse(
  file: SourceFile,
  at: number,
  code: DiagnosticCode,
  message: string,
  hint: string,
): never {
  const place = placeAt(file, at, at + 1)
  throw new InputError([{ severity: 'error', code, message, hint: hintAt(place, hint), place }])
}
