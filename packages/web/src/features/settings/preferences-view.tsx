import { fontSizes, type Settings } from '../../settings/settings.ts'

export interface PreferencesViewProps {
  readonly settings: Settings
  readonly onChange: (change: Partial<Settings>) => void
}

const glasses = [
  ['dark', 'Dark'],
  ['light', 'Light'],
] as const

const themes = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const

export function PreferencesView({ settings, onChange }: PreferencesViewProps) {
  return (
    <>
      <section id="terminal" aria-labelledby="terminal-title">
        <h2 id="terminal-title" className="page-title mb-3">
          Terminal
        </h2>
        <div className="panel grid gap-3 p-4">
          <label className="label max-w-[180px]">
            Font size
            <select
              className="field"
              value={settings.fontSize}
              onChange={(event) => onChange({ fontSize: Number(event.target.value) })}
            >
              {fontSizes.map((size) => (
                <option key={size} value={size}>
                  {size} px
                </option>
              ))}
            </select>
          </label>
          <div className="label">
            Glass
            <Segments
              legend="Glass"
              name="glass"
              choices={glasses}
              chosen={settings.glass}
              onChoose={(glass) => onChange({ glass })}
            />
          </div>
          <label className="check">
            <input
              type="checkbox"
              checked={settings.copyOnSelect}
              onChange={(event) => onChange({ copyOnSelect: event.target.checked })}
            />
            Copy what is selected
          </label>
          <label className="check">
            <input
              type="checkbox"
              checked={settings.predictiveEcho}
              onChange={(event) => onChange({ predictiveEcho: event.target.checked })}
            />
            Predictive echo: keys show at once while the machine is far away
          </label>
          <label className="check">
            <input
              type="checkbox"
              checked={settings.screenReader}
              onChange={(event) => onChange({ screenReader: event.target.checked })}
            />
            Screen-reader mode: new output is read aloud
          </label>
        </div>
      </section>
      <section id="appearance" aria-labelledby="appearance-title">
        <h2 id="appearance-title" className="page-title mb-3">
          Appearance
        </h2>
        <Segments
          legend="Theme"
          name="theme"
          choices={themes}
          chosen={settings.theme}
          onChoose={(theme) => onChange({ theme })}
        />
      </section>
    </>
  )
}

interface SegmentsProps<Choice extends string> {
  readonly legend: string
  readonly name: string
  readonly choices: readonly (readonly [Choice, string])[]
  readonly chosen: Choice
  readonly onChoose: (choice: Choice) => void
}

function Segments<Choice extends string>({ legend, name, choices, chosen, onChoose }: SegmentsProps<Choice>) {
  return (
    <fieldset className="segments">
      <legend className="sr-only">{legend}</legend>
      {choices.map(([choice, label]) => (
        <label key={choice}>
          <input type="radio" name={name} checked={chosen === choice} onChange={() => onChoose(choice)} />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
