import { useEffect, useState } from 'react'

/** Files that are dropped on an element or pasted into it; true while something is held over it. */
export function useFilesIn(element: HTMLElement | null, onFiles: (files: Iterable<File>) => void): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    if (!element) return
    const stop = new AbortController()
    const { signal } = stop
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
    const over = (event: DragEvent) => {
      if (!holdsFiles(event)) return
      event.preventDefault()
      setOver(true)
    }
    element.addEventListener('dragenter', over, { signal })
    element.addEventListener('dragover', over, { signal })
    element.addEventListener(
      'dragleave',
      (event) => {
        if (!element.contains(event.relatedTarget as Node | null)) setOver(false)
      },
      { signal },
    )
    element.addEventListener(
      'drop',
      (event) => {
        if (!holdsFiles(event)) return
        event.preventDefault()
        setOver(false)
        onFiles([...(event.dataTransfer?.files ?? [])])
      },
      { signal },
    )
    element.addEventListener('paste', (event) => takePastedFiles(event, onFiles), { signal, capture: true })
    return () => stop.abort()
  }, [element, onFiles])
  return isOver
}

/** Text goes on to the terminal. */
function takePastedFiles(event: ClipboardEvent, onFiles: (files: Iterable<File>) => void): void {
  const files = [...(event.clipboardData?.files ?? [])]
  const isEmpty = files.length === 0 && event.clipboardData?.types.length === 0
  if (files.length === 0 && !isEmpty) return
  event.preventDefault()
  event.stopPropagation()
  if (files.length > 0) onFiles(files)
  // A paste "as plain text" hides pictures: Ctrl+Shift+V is one.
  else readPictures().then((pictures) => pictures.length > 0 && onFiles(pictures), ignoreRefusal)
}

async function readPictures(): Promise<readonly File[]> {
  const items = await navigator.clipboard.read()
  const pictures = items.map(async (item) => {
    const type = item.types.find((each) => each.startsWith('image/'))
    if (!type) return []
    return [new File([await item.getType(type)], `picture.${type.slice('image/'.length)}`, { type })]
  })
  return (await Promise.all(pictures)).flat()
}

/** The browser keeps the clipboard to itself: there is nothing to paste. */
function ignoreRefusal(): void {}
