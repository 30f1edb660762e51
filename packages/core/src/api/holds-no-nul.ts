/** No argument, folder or variable of a process can hold one. */
export function holdsNoNul(text: string): boolean {
  return !text.includes('\0')
}
