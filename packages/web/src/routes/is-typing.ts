/** Whether a key belongs to a field, a dialog or a terminal rather than to the page. */
export function isTyping(event: Event): boolean {
  const target = event.target
  if (!(target instanceof Element)) return false
  return (
    target.closest('input, textarea, select, [contenteditable], dialog, .xterm, .glass-face, [role=menu]') !==
    null
  )
}
