import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}
const compressible = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt'])
const compress = promisify(gzip)

interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly zipped: Uint8Array<ArrayBuffer> | null
  readonly type: string
}

/**
 * Serves the built dashboard from `directory`; addresses without a file extension get `index.html`, so
 * deep links work after a reload. Files are read and compressed once and kept in memory (about 1 MB).
 */
export function createDashboard(directory: string): (request: Request) => Promise<Response | null> {
  const assets = new Map<string, Promise<Asset | null>>()
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return null
    const path = assetPath(new URL(request.url).pathname)
    if (path === null) return null
    let asset = assets.get(path)
    if (!asset) {
      asset = loadAsset(join(directory, path))
      assets.set(path, asset)
    }
    const found = await asset
    if (!found) {
      assets.delete(path)
      return null
    }
    return assetAnswer(found, path, request)
  }
}

/** The file below the dashboard's folder for an address; null for what can't be one. */
export function assetPath(pathname: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch (_malformedEscape) {
    return null
  }
  const path = normalize(decoded)
  if (!path.startsWith('/') || path.includes('\0')) return null
  return extname(path) === '' ? '/index.html' : path
}

async function loadAsset(path: string): Promise<Asset | null> {
  const extension = extname(path)
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = Uint8Array.from(await readFile(path))
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
  const zipped = compressible.has(extension) ? Uint8Array.from(await compress(bytes, { level: 9 })) : null
  return { bytes, zipped, type: types[extension] ?? 'application/octet-stream' }
}

function assetAnswer(asset: Asset, path: string, request: Request): Response {
  const zip = asset.zipped && (request.headers.get('accept-encoding') ?? '').includes('gzip')
  const headers = new Headers({
    'content-type': asset.type,
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
  })
  if (zip) headers.set('content-encoding', 'gzip')
  return new Response(request.method === 'HEAD' ? null : zip ? asset.zipped : asset.bytes, { headers })
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR'
}
