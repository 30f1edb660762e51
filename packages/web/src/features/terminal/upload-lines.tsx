import { StateGlyph } from '../../components/state-glyph.tsx'
import type { Uploads } from './use-uploads.ts'

/** Every file on its way to the machine: how far it is, and what stopped it. */
export function UploadLines({ uploads, name }: { uploads: Uploads; name: string }) {
  return uploads.all.map((upload) => (
    <div className="glass-line" key={upload.id} role={upload.failure ? 'alert' : 'status'}>
      <StateGlyph shape={upload.failure ? 'failed' : 'busy'} />
      <span className="flex-1 min-w-0">
        {upload.failure
          ? `${upload.file.name} was not put on ${name}. ${upload.failure}`
          : `Putting ${upload.file.name} on ${name}`}
      </span>
      {upload.failure === null && (
        <progress className="upload-progress" value={upload.sent} max={1} aria-label={upload.file.name} />
      )}
      {upload.failure !== null && (
        <button type="button" className="button" onClick={() => uploads.again(upload)}>
          Try again
        </button>
      )}
      <button
        type="button"
        className="button button-quiet button-small"
        onClick={() => uploads.drop(upload.id)}
      >
        {upload.failure === null ? 'Cancel' : 'Forget it'}
      </button>
    </div>
  ))
}
