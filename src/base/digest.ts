/**
 * Digests of texts: SHA-256, and kube-proxy's short hash for chain names.
 * SHA-256 is that of @noble/hashes, plain JavaScript, so it is the same on every machine and in a browser.
 * Sources: FIPS 180-4; RFC 4648 section 6 (base32); kubernetes `pkg/proxy/iptables/proxier.go`, `portProtoHash`.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

const BASE32_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** SHA-256 of the UTF-8 bytes of a text: 64 lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/**
 * The 16 characters that kube-proxy puts after `KUBE-SVC-`, `KUBE-SEP-` and the like.
 *
 * @param text - for a Service port its name and protocol, e.g. `default/web:httptcp`; for an endpoint followed by
 *   `ip:port`
 * @returns first 16 characters of the base32 of SHA-256: 80 bits
 */
export function hash16(text: string): string {
  return base32(sha256(utf8ToBytes(text))).slice(0, 16)
}

/**
 * The 8 characters that kube-proxy puts before the names of chains and sets in nftables mode.
 *
 * @returns first 8 characters of the base32 of SHA-256: 40 bits
 * @source kubernetes pkg/proxy/nftables/proxier.go, `hashAndTruncate`
 */
export function hash8(text: string): string {
  return hash16(text).slice(0, 8)
}

/** RFC 4648 base32, upper case, with `=` up to a multiple of eight characters. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let buffer = 0
  let bitCount = 0
  for (const byte of bytes) {
    // At most four bits are left over from before, so that twelve are in use.
    buffer = ((buffer << 8) | byte) & 0xfff
    bitCount += 8
    while (bitCount >= 5) {
      bitCount -= 5
      text += BASE32_ALPHABET.charAt((buffer >>> bitCount) & 31)
    }
  }
  if (bitCount > 0) text += BASE32_ALPHABET.charAt((buffer << (5 - bitCount)) & 31)
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=')
}

/** SHA-256 of the UTF-8 bytes of a text in base64, as Content Security Policy and Subresource Integrity want it. */
export function sha256Base64(text: string): string {
  return btoa(String.fromCharCode(...sha256(utf8ToBytes(text))))
}
