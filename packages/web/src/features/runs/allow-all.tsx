interface AllowAllProps {
  readonly isAllowed: boolean
  readonly onChange: (isAllowed: boolean) => void
}

/** Whether the agent may do everything, for this once. */
export function AllowAll({ isAllowed, onChange }: AllowAllProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={isAllowed} onChange={(event) => onChange(event.target.checked)} />
      Let it do everything on this machine
    </label>
  )
}
